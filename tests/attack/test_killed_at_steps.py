"""`kill -9` of the daemon after single steps in the kernel: of a start, and of a change. Nothing is left, and the next start works.

The step is an injected point and not a moment: namespaces made, rules loaded, links and routes written, sockets opened, namespaces
closed. `NETFUL_STEPS` is the number of steps that are tried of each (default 5), spread over all; 0 is every one.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.processes import assert_nothing_left, daemon_of, descendants, host_state, inside_of
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
DEMO = EXAMPLES / "ssm-demo"
TRIED = int(os.environ.get("NETFUL_STEPS", "5"))
NEVER = "1000000"


class Killed:
    """A stack whose daemon ends at a step."""

    def __init__(self, tmp_path, prefix):
        self.folder = tmp_path / "demo"
        shutil.copytree(DEMO, self.folder)
        self.stack = Stack(tmp_path / "state", self.folder / "endpoint.yaml", prefix=prefix)
        self.state = Path(self.stack.env["NETFUL_STATE"])
        self.at = tmp_path / "kill-at"
        self.stack.env |= {"PYTHONPATH": str(ROOT / "tests/helpers/injected"), "NETFUL_KILL_AT": str(self.at)}

    def steps(self):
        return int(Path(f"{self.at}.steps").read_text())

    def become(self, name):
        """Ask the running stack to follow another template."""
        shutil.copy(DEMO / name, self.folder / "endpoint.yaml")
        return self.stack.netful("up", "-d", "-t", "endpoint.yaml", "--stack", "s")


@pytest.fixture
def killed(tmp_path, who):
    made = Killed(tmp_path, who)
    yield made
    made.at.unlink(missing_ok=True)
    made.stack.down()


def some(number):
    """Steps out of so many: the first, the last, and others between."""
    tried = min(TRIED or number, number)
    return sorted({1 + at * (number - 1) // max(1, tried - 1) for at in range(tried)})


def test_a_start_that_is_killed_at_a_step_leaves_nothing(killed):
    before = host_state()
    killed.at.write_text(NEVER)
    killed.stack.up()
    number = killed.steps()
    killed.stack.down()
    assert number > 20
    for step in some(number):
        killed.at.write_text(str(step))
        done = killed.stack.netful("up", "-d", "-t", "endpoint.yaml", "--stack", "s")
        assert (done.returncode, "the daemon ended before it was ready" in done.stderr) == (2, True), (step, done)
        assert killed.stack.netful("status", "--stack", "s").returncode == 1
        assert_nothing_left(set(), before, {})
    killed.at.unlink()
    killed.stack.up()
    assert killed.stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_a_change_that_is_killed_at_a_step_leaves_nothing(killed):
    before = host_state()
    killed.stack.up()
    killed.at.write_text(NEVER)
    killed.become("isolated.yaml")
    number = killed.steps()
    killed.at.unlink()
    killed.stack.down()
    assert number > 2
    for step in some(number):
        killed.become("endpoint.yaml")
        family = descendants(daemon_of(killed.state))
        inside = inside_of(family)
        killed.at.write_text(str(step))
        done = killed.become("isolated.yaml")
        killed.at.unlink()
        assert done.returncode == 2, (step, done)
        assert_nothing_left(family, before, inside)
    shutil.copy(DEMO / "endpoint.yaml", killed.folder / "endpoint.yaml")
    killed.stack.up()
    assert killed.stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_a_folder_s_modules_are_not_imported(tmp_path):
    """A template's folder may have a file with the name of a module: `up`, its daemon and the console do not run it."""
    folder = tmp_path / "project"
    shutil.copytree(DEMO, folder)
    for name in (
        "json",
        "asyncio",
        "uvloop",
        "msgspec",
        "netful",
        "ctypes",
        "subprocess",
        "socket",
        "yaml",
        "sitecustomize",
    ):
        (folder / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\nraise SystemExit(9)\n"
        )
    stack = Stack(tmp_path / "state", folder / "endpoint.yaml")
    try:
        stack.netful("up", "--rights")
        stack.up()
        stack.netful("console", "--stack", "s", check=0)
        assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}
    finally:
        stack.down()
    assert not (tmp_path / "ran").exists()
