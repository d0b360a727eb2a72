"""The GitHub Action and the hooks call verbs and options that there are."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from netful.checks.registry import all_rules
from netful.render.markdown import MARKER
from tests.helpers.places import ROOT

pytestmark = pytest.mark.programs

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


def test_action_uses_only_inputs_that_it_declares() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])


def test_action_looks_for_the_marker_of_the_comment() -> None:
    assert MARKER in (ROOT / "action.yml").read_text()


def _check_step(folder: Path, **environment: str) -> tuple[int, str]:
    [step] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
    defaults = {"TEMPLATE": "template.yaml", "PARAMETERS": "", "REGION": "us-east-1", "FAIL_ON": "high", "SELECT": "",
                "IGNORE": "", "BASELINE": "", "SARIF": "netful.sarif"}  # fmt: skip
    output = folder / "output"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    places = {"RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(output), "PATH": path}
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **defaults, **places, **environment}, check=False)
    return done.returncode, output.read_text()


def test_check_step_writes_sarif_and_keeps_the_code(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(all_rules()["NF103"].example("bad"))
    assert _check_step(tmp_path, PARAMETERS="A=1\nB=2\n") == (0, "code=1\n")
    assert '"version": "2.1.0"' in (tmp_path / "netful.sarif").read_text()
    assert (tmp_path / "netful-options").read_text().splitlines() == [
        "--region", "us-east-1", "--param", "A=1", "--param", "B=2"
    ]  # fmt: skip


def test_check_step_without_findings(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(all_rules()["NF103"].example("good"))
    assert _check_step(tmp_path, SELECT="NF103") == (0, "code=0\n")


def test_check_step_reports_only_what_the_baseline_lacks(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(all_rules()["NF103"].example("bad"))
    finding = {"id": "NF103", "resource": "Fn", "message": "another fault"}
    (tmp_path / "known.json").write_text(json.dumps({"findings": [finding]}))
    assert _check_step(tmp_path, BASELINE="known.json", SELECT="NF103") == (0, "code=1\n")
    found = json.loads((tmp_path / "netful.sarif").read_text())["runs"][0]["results"][0]["message"]["text"]
    finding["message"] = found.splitlines()[0]
    (tmp_path / "known.json").write_text(json.dumps({"findings": [finding]}))
    (tmp_path / "output").unlink()
    assert _check_step(tmp_path, BASELINE="known.json", SELECT="NF103") == (0, "code=0\n")


def test_hooks_call_verbs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["entry"] for hook in hooks] == ["netful check", "netful test"]
    assert all(hook["pass_filenames"] is False for hook in hooks)


def test_hooks_install_what_templates_of_sam_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert all(hook["additional_dependencies"] == project["optional-dependencies"]["sam"] for hook in hooks)
