"""Extras: a package that is missing is named, with the command that installs it."""

import re
import tomllib
from functools import cache
from importlib.metadata import files, packages_distributions

import pytest

from netful.model.core import extras
from netful.model.core.errors import MissingExtraError
from tests.helpers.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@cache
def distributions():
    """The packages of each module; reading them takes a while."""
    return packages_distributions()


def packages_of(module):
    """The packages that a module comes from; several may share the package that a dotted name begins with."""
    folder = module.replace(".", "/") + "/"
    named = distributions()[module.partition(".")[0]]
    return [name for name in named if len(named) == 1 or any(str(one).startswith(folder) for one in files(name))]


@pytest.mark.parametrize("extra", sorted(extras.MODULES.keys() - {"ray"}))  # the lock does not install it
@pytest.mark.slow
def test_the_table_has_a_module_of_each_package_of_an_extra(extra):
    needed = {re.split(r"[\[<>=]", line)[0] for line in PROJECT["optional-dependencies"][extra]} - {"netful"}
    packages = {name.lower() for module in extras.MODULES[extra] for name in packages_of(module)}
    assert packages == needed


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(extras.MODULES, "run", ("json", "no_such_module"))
    with pytest.raises(MissingExtraError) as refused:
        extras.require("run", "a stack needs")
    assert "no_such_module" in refused.value.why
    assert refused.value.hint == "pip install 'netful[run]'"


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/me/.local/share/pipx/venvs/netful", "pipx install --force"),
        ("/home/me/.local/share/uv/tools/netful", "uv tool install --force"),
    ],
)
def test_the_hint_is_for_the_tool_that_installed_netful_and_keeps_its_other_extras(monkeypatch, prefix, command):
    monkeypatch.setattr("sys.prefix", prefix)
    monkeypatch.setattr(extras, "MODULES", {"sam": ("json",), "run": ("json", "no_such_module")})
    with pytest.raises(MissingExtraError) as refused:
        extras.require("run", "a stack needs")
    assert refused.value.hint == f"{command} 'netful[sam,run]'"


def test_what_is_there_is_enough():
    extras.require("run", "a stack needs")
