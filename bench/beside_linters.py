"""Who finds what: netful's checks beside cfn-lint and checkov.

    python bench/beside_linters.py [--bin FOLDER] [--examples]

It installs the other tools into a virtual environment that goes away afterwards, unless FOLDER has them. Without
`--examples` it takes the shop of `bench/seeded`, with thirty faults: each is mended alone, and a tool finds it when that ends
a report of the tool's, whatever the report says. With `--examples` it takes the bad and the good example of every check, and
a tool finds the fault when it reports on the bad one what it does not report on the good one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import linters
import seeded_faults
from linters import Report, Reported
from netful import sources
from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import all_rules
from netful.checks.run import check, regressions

Pair = tuple[str, Path, Path]
"""A fault's id, the template with it, and the one without."""


def seeded(folder: Path) -> Iterator[Pair]:
    """The shop with all faults, and with each of them mended."""
    faulty = seeded_faults.write(folder / "faulty")
    for fault in seeded_faults.faults():
        yield fault, faulty, seeded_faults.write(folder / fault, mended=fault)


def examples(folder: Path) -> Iterator[Pair]:
    """The bad and the good example of every check."""
    for rule in all_rules().values():
        files = {kind: folder / f"{rule.id}-{kind}.yaml" for kind in ("bad", "good")}
        for kind, file in files.items():
            file.write_text(rule.example(kind), encoding="utf-8")
        yield rule.id, files["bad"], files["good"]


def by_netful(fault: str, bad: Path, good: Path) -> set[str]:
    """Whether netful reports the fault, or the step to it from the version before."""
    before, after = Facts(sources.load([good])), Facts(sources.load([bad]))
    reports = [{(found.id, found.resource) for found in check(facts)} for facts in (after, before)]
    found = {rule for rule, _ in reports[0] - reports[1]} | {finding.id for finding in regressions(before, after)}
    return found & {fault}


def by_others(tools: dict[str, Reported], pairs: list[Pair]) -> dict[str, dict[Path, set[Report]]]:
    """What each tool reports on each template."""
    files = list(dict.fromkeys(file for _, *both in pairs for file in both))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {name: dict(zip(files, pool.map(reported, files), strict=True)) for name, reported in tools.items()}


def print_table(pairs: list[Pair], tools: dict[str, Reported]) -> None:
    """Print a row for each fault, and how many each tool found."""
    print(f"| fault | netful | {' | '.join(tools)} |\n|---|---|{'---|' * len(tools)}")
    reports = by_others(tools, pairs)
    totals = dict.fromkeys(("netful", *tools), 0)
    for fault, bad, good in pairs:
        found = {"netful": by_netful(fault, bad, good)}
        found |= {name: {rule for rule, _ in reports[name][bad] - reports[name][good]} for name in tools}
        for name, ids in found.items():
            totals[name] += bool(ids)
        cells = " | ".join(", ".join(sorted(found[name])) or "-" for name in totals)
        print(f"| {fault} {all_rules()[fault].title} | {cells} |")
    print(f"| **found** | {' | '.join(map(str, totals.values()))} |")


def print_times(file: Path, tools: dict[str, Reported]) -> None:
    """Print how long each tool takes for one template, as a process, the best of three."""
    command = [str(Path(sys.executable).parent / "netful"), "check", "-t", str(file), "--quiet"]
    runs: dict[str, Callable[[], object]] = {
        "netful": lambda: subprocess.run(command, capture_output=True, check=False)
    }
    runs |= {name: lambda reported=reported: reported(file) for name, reported in tools.items()}
    print(
        f"| seconds, as a process | {' | '.join(f'{min(_seconds(run) for _ in range(3)):.2f}' for run in runs.values())} |"
    )


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, help="where the other tools are")
    options.add_argument("--examples", action="store_true", help="take the example pairs of all checks")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = linters.tools(given.bin or linters.installed(Path(folder) / "linters"))
        pairs = [*(examples if given.examples else seeded)(Path(folder))]
        print_table(pairs, tools)
        if not given.examples:
            print_times(pairs[0][1], tools)


if __name__ == "__main__":
    main()
