"""Who finds what: netful's checks beside cfn-lint and checkov, on the bad and the good example of every check.

    python bench/beside_linters.py [--bin FOLDER]

A tool finds a fault when it reports something on the bad example that it does not report on the good one. The other tools
are run when they are on PATH, or in FOLDER. The examples are netful's own, so its column shows only that they are seeded.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from netful import sources
from netful.checks.facts import Facts
from netful.checks.registry import all_rules
from netful.checks.run import check, regressions

Reported = Callable[[Path], set[str]]


def by_cfn_lint(program: str) -> Reported:
    """The rules that cfn-lint reports, informational ones too."""

    def reported(file: Path) -> set[str]:
        command = [program, "--include-checks", "I", "--format", "json", "--", str(file)]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return {match["Rule"]["Id"] for match in json.loads(found or "[]")}

    return reported


def by_checkov(program: str) -> Reported:
    """The checks that checkov says failed."""

    def reported(file: Path) -> set[str]:
        command = [
            program,
            "--file",
            str(file),
            "--framework",
            "cloudformation",
            "--output",
            "json",
            "--compact",
            "--skip-download",
            "--quiet",
        ]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout or "{}")
        reports = found if isinstance(found, list) else [found]
        return {one["check_id"] for report in reports for one in report.get("results", {}).get("failed_checks", ())}

    return reported


def by_netful(bad: Path, good: Path) -> set[str]:
    """The checks that netful reports on the bad one, or on the step to it from the good one."""
    before, after = Facts(sources.load([good])), Facts(sources.load([bad]))
    new = {finding.id for finding in check(after)} - {finding.id for finding in check(before)}
    return new | {finding.id for finding in regressions(before, after)}


def others(folder: str | None) -> dict[str, Reported]:
    """The other tools that are there."""
    path = f"{folder}{os.pathsep}{os.environ['PATH']}" if folder else None
    tools = {"cfn-lint": by_cfn_lint, "checkov": by_checkov}
    found = {name: shutil.which(name, path=path) for name in tools}
    return {name: tools[name](program) for name, program in found.items() if program}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", help="where the other tools are")
    tools = others(options.parse_args().bin)
    print(f"| fault | netful | {' | '.join(tools)} |\n|---|---|{'---|' * len(tools)}")
    totals = dict.fromkeys(("netful", *tools), 0)
    with tempfile.TemporaryDirectory() as folder:
        bad, good = Path(folder) / "bad.yaml", Path(folder) / "good.yaml"
        for rule in all_rules().values():
            bad.write_text(rule.example("bad"), encoding="utf-8")
            good.write_text(rule.example("good"), encoding="utf-8")
            found = {"netful": by_netful(bad, good) & {rule.id}}
            found |= {name: reported(bad) - reported(good) for name, reported in tools.items()}
            for name, ids in found.items():
                totals[name] += bool(ids)
            cells = " | ".join(", ".join(sorted(found[name])) or "-" for name in totals)
            print(f"| {rule.id} {rule.title} | {cells} |")
    print(f"| **found** | {' | '.join(map(str, totals.values()))} |")


if __name__ == "__main__":
    main()
