"""The plugin for CDK: findings fail the synthesis, with the construct and what to do."""

import json
import os
import shutil
import subprocess

import pytest

from tests.clients.conftest import APPLICATIONS, NODE_MODULES, QUIET
from tests.helpers.places import ROOT
from tests.helpers.stacks import NETFUL

pytestmark = pytest.mark.programs
PACKAGE = ROOT / "npm" / "netful-cdk"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The application as a user has it: the packages of npm beside it, and its TypeScript translated."""
    folder = shutil.copytree(APPLICATIONS / "cdk-plugin", tmp_path_factory.mktemp("cdk") / "plugin")
    modules = folder / "node_modules"
    modules.mkdir()
    for package in NODE_MODULES.iterdir():
        (modules / package.name).symlink_to(package)
    (modules / "netful-cdk").symlink_to(PACKAGE)
    done = run(
        folder,
        "tsc",
        "--strict",
        "--skipLibCheck",
        "--preserveSymlinks",
        "--module",
        "commonjs",
        "--target",
        "es2022",
        "app.ts",
    )
    assert done.returncode == 0, done.stdout
    return folder


def run(folder, program, *words, **env):
    return subprocess.run(
        [NODE_MODULES / ".bin" / program, *words], cwd=folder, text=True, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | QUIET | {"PATH": f"{NETFUL.parent}:{os.environ['PATH']}", "NODE_PRESERVE_SYMLINKS": "1"} | env,
    )  # fmt: skip


def violations(folder):
    (report,) = json.loads((folder / "cdk.out/validation-report.json").read_text())["pluginReports"]
    return report["conclusion"], {one["ruleName"]: one for one in report["violations"]}


@pytest.mark.parametrize("stage", ["", "1"], ids=["stack", "stage"])
def test_a_finding_fails_the_synthesis_with_its_construct(folder, stage):
    done = run(folder, "cdk", "synth", "--quiet", "**", STAGE=stage)
    assert done.returncode == 1, done.stdout
    assert "NF204" in done.stdout
    conclusion, found = violations(folder)
    assert conclusion == "failure"
    (construct,) = found["NF204"]["violatingConstructs"]
    assert construct["constructPath"].endswith("orders/Vpc/Ssm/Resource")
    assert found["NF204"]["suggestedFix"].startswith("let `EndpointGroup")


def test_an_application_without_such_findings_is_synthesized(folder):
    done = run(folder, "cdk", "synth", "--quiet", OPEN="1")
    assert done.returncode == 0, done.stdout


def test_options_choose_checks_and_severities(folder):
    assert run(folder, "cdk", "synth", "--quiet", NETFUL_OPTIONS='{"ignore": ["NF204"]}').returncode == 0
    done = run(folder, "cdk", "synth", "--quiet", OPEN="1", NETFUL_OPTIONS='{"failOn": "low"}')
    assert done.returncode == 1, done.stdout
    assert "NF204" not in violations(folder)[1]


def test_without_netful_the_message_says_how_to_get_it(folder):
    done = run(folder, "cdk", "synth", "--quiet", NETFUL_OPTIONS='{"program": "netful-that-is-not-there"}')
    assert done.returncode == 1
    assert "uv tool install netful" in done.stdout


def test_the_version_is_that_of_netful():
    package = json.loads((PACKAGE / "package.json").read_text())
    assert f'version = "{package["version"]}"' in (ROOT / "pyproject.toml").read_text()
