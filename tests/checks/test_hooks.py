"""The hooks call verbs and options that there are."""

import tomllib

import yaml

from tests.helpers.places import ROOT


def test_hooks_call_verbs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["entry"] for hook in hooks] == ["netful check", "netful test"]
    assert all(hook["pass_filenames"] is False for hook in hooks)


def test_hooks_install_what_templates_of_sam_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert all(hook["additional_dependencies"] == project["optional-dependencies"]["sam"] for hook in hooks)
