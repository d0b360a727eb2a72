"""The other tools: cfn-lint and checkov, in a virtual environment of their own, and what they report on a template."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

VERSIONS = {"cfn-lint": "1.58.0", "checkov": "3.3.30"}

Report = tuple[str, str]
"""A rule's id, and the resource that it was reported on."""
Reported = Callable[[Path], set[Report]]


def installed(folder: Path) -> Path:
    """Install the tools into a new virtual environment; gives the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = [f"{name}=={version}" for name, version in VERSIONS.items()]
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return programs


def tools(programs: Path) -> dict[str, Reported]:
    """Each tool, as a function from a template to its reports."""
    return {"cfn-lint": _cfn_lint(programs / "cfn-lint"), "checkov": _checkov(programs / "checkov")}


def _cfn_lint(program: Path) -> Reported:
    def reported(file: Path) -> set[Report]:
        """The rules that cfn-lint reports, informational ones too."""
        matches = _json([str(program), "--include-checks", "I", "--format", "json", "--", str(file)]) or []
        return {(match["Rule"]["Id"], _resource(match["Location"]["Path"] or [])) for match in matches}

    return reported


def _resource(path: list[str | int]) -> str:
    return str(path[1]) if len(path) > 1 and path[0] == "Resources" else ""


def _checkov(program: Path) -> Reported:
    options = ["--framework", "cloudformation", "--output", "json", "--compact", "--skip-download", "--quiet"]

    def reported(file: Path) -> set[Report]:
        """The checks that checkov says failed."""
        found = _json([str(program), "--file", str(file), *options]) or {}
        reports = found if isinstance(found, list) else [found]
        failed = [one for report in reports for one in report.get("results", {}).get("failed_checks", ())]
        return {(one["check_id"], one["resource"].rpartition(".")[2]) for one in failed}

    return reported


def _json(command: list[str]) -> list | dict | None:
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return json.loads(printed or "null")
