"""`netful doctor`: the abilities of the machine."""

import json
import shutil

import pytest

from netful.cli.app import run
from netful.fabric.kernel.rights import Mode, Rights
from netful.model.core import extras
from netful.stack import abilities

pytestmark = pytest.mark.programs


@pytest.fixture
def machine(monkeypatch):
    """A machine with these programs, rights and packages."""

    def machine_(programs=(), rights=Rights(Mode.ROOT), missing=()):  # noqa: B008  # frozen
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name, **more: which(name, **more) if name in programs else None)
        monkeypatch.setattr(abilities, "find_rights", lambda: rights)
        for extra in missing:
            monkeypatch.setitem(extras.MODULES, extra, ("no_such_module",))
        abilities.runtimes.node.cache_clear()

    yield machine_
    abilities.runtimes.node.cache_clear()


def doctor(capsys):
    code = run(["doctor", "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_machine_that_has_everything_runs_stacks(machine, capsys):
    machine(programs={"nft", "haproxy", "node"})
    code, found = doctor(capsys)
    assert (code, found["stacks"]) == (0, True)
    assert {one["purpose"] for one in found["abilities"] if one["required"]} == {
        "run stacks", "filter packets", "build networks"
    }  # fmt: skip


def test_a_program_of_some_stacks_may_be_missing(machine, capsys):
    machine(programs={"nft"})
    code, found = doctor(capsys)
    assert code == 0
    fixes = {one["purpose"]: one["fix"] for one in found["abilities"] if not one["works"]}
    assert fixes["run load balancers"] == "apt-get install haproxy"
    assert fixes["run functions in Node.js"] == "apt-get install nodejs"


@pytest.mark.parametrize(
    ("given", "purpose", "fix"),
    [
        ({}, "filter packets", "apt-get install nftables"),
        ({"rights": Rights(Mode.NONE, (("namespaces are refused", "sysctl x=1"),))}, "build networks", "sysctl x=1"),
        ({"missing": ("run",)}, "run stacks", "pip install 'netful[run]'"),
    ],
)
def test_what_every_stack_needs_is_not_there(machine, capsys, given, purpose, fix):
    machine(**given)
    code, found = doctor(capsys)
    assert (code, found["stacks"]) == (1, False)
    assert {one["purpose"]: one["fix"] for one in found["abilities"]}[purpose] == fix


def test_the_text_has_a_line_for_each_and_the_fixes(machine, capsys):
    machine()
    run(["doctor"])
    out = capsys.readouterr().out
    assert "  ✗  filter packets" in out
    assert "hint: apt-get install nftables" in out
