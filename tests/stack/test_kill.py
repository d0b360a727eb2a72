"""kill -9 of the daemon at any moment leaves no process, namespace, mount or rule."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.helpers.places import EXAMPLES
from tests.helpers.processes import (
    ENOUGH_SECONDS,
    assert_nothing_left,
    daemon_of,
    descendants,
    host_state,
    inside_of,
    running_command,
    start,
    wait_until,
)
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml")
    yield made
    made.down()


@pytest.fixture
def either(tmp_path, who):
    """A stack of root's, and one of an ordinary user's."""
    made = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml", prefix=who)
    yield made
    made.down()


@pytest.mark.parametrize("milliseconds", [0, 50, 150, 300, 500, 800])
def test_killed_while_it_starts(stack, milliseconds):
    before = host_state()
    state = Path(stack.env["NETFUL_STATE"])
    launcher = start(stack)
    wait_until(lambda: daemon_of(state), "no daemon came up")
    time.sleep(milliseconds / 1000)  # the moment of the blow: any will do
    pid = daemon_of(state)
    assert pid
    family = descendants(pid)
    inside = inside_of(family)
    os.kill(pid, signal.SIGKILL)
    launcher.wait(timeout=ENOUGH_SECONDS)
    assert_nothing_left(family, before, inside)


def test_killed_while_it_runs_and_started_again(either):
    before = host_state()
    either.up()
    assert either.invoke()["payload"] == {"value": "hello from Parameter Store"}
    command = subprocess.Popen(
        [*either.prefix, either.command, "exec", "ReadParameter", "--stack", "s", "--", "sh", "-c", "setsid sleep 4242 & sleep 4242"],
        env=either.env, cwd=either.template.parent, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    pid = daemon_of(Path(either.env["NETFUL_STATE"]))
    wait_until(lambda: len(running_command(pid, "4242")) >= 3, "the command did not start")
    family = descendants(pid)
    inside = inside_of(family)
    assert len(inside) >= 2  # the sandbox's, the command's
    os.kill(pid, signal.SIGKILL)
    assert_nothing_left(family, before, inside)
    assert command.wait(timeout=ENOUGH_SECONDS) != 0
    assert either.netful("status", "--stack", "s").returncode == 1


def test_killed_in_mid_invoke(stack):
    before = host_state()
    stack.template = EXAMPLES / "ssm-demo" / "isolated.yaml"
    stack.up()
    pid = daemon_of(Path(stack.env["NETFUL_STATE"]))
    idle = len(descendants(pid))
    invoke = subprocess.Popen(
        [stack.command, "invoke", "ReadParameter", "--stack", "s"],
        env=stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: len(descendants(pid)) > idle, "no sandbox was started")
    family = descendants(pid)
    inside = inside_of(family)
    os.kill(pid, signal.SIGKILL)
    assert_nothing_left(family, before, inside)
    assert "the stack ended" in invoke.communicate(timeout=ENOUGH_SECONDS)[1]
    assert invoke.returncode == 2


def test_down_leaves_nothing(either):
    before = host_state()
    either.up()
    either.invoke()
    pid = daemon_of(Path(either.env["NETFUL_STATE"]))
    family = descendants(pid)
    inside = inside_of(family)
    either.down()
    assert_nothing_left(family, before, inside)
    assert not (Path(either.env["NETFUL_STATE"]) / "s").exists()


def test_down_twice_is_no_error(stack):
    stack.up()
    stack.down()
    assert "is not running" in stack.down().stderr


def test_second_up_of_the_same_changes_nothing(stack):
    stack.up()
    assert "0 changes" in stack.up().stdout
    assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}


def test_a_daemon_that_does_not_answer_is_named_and_ended_by_force(either):
    before = host_state()
    either.up()
    pid = daemon_of(Path(either.env["NETFUL_STATE"]))
    family = descendants(pid)
    inside = inside_of(family)
    os.kill(pid, signal.SIGSTOP)
    for verb in (("exec", "ReadParameter", "--", "true"), ("status",), ("down",)):
        done = either.netful(verb[0], "--stack", "s", *verb[1:])
        assert done.returncode == 2
        assert "does not answer" in done.stderr
        assert "netful down --force" in done.stderr
    either.netful("down", "--force", "--stack", "s", check=0)
    assert_nothing_left(family, before, inside)
    assert either.netful("status", "--stack", "s").returncode == 1


def test_the_end_of_all_stacks_names_them_before_and_is_not_kept_by_one_that_hangs(stack, tmp_path):
    stack.up()
    stack.netful("up", "-d", "--empty", "--stack", "other", check=0, cwd=tmp_path)
    os.kill(daemon_of(Path(stack.env["NETFUL_STATE"])), signal.SIGSTOP)
    done = stack.netful("down", "--all", check=1)
    other, hanging, *_ = done.stderr.splitlines()
    assert (other.split()[:2], other.split()[-1]) == (["other", "running"], str(tmp_path))
    assert hanging.split() == ["s", "does", "not", "answer"]
    assert (done.stdout, "netful down --force --stack s" in done.stderr) == ("other is down\n", True)
    assert stack.netful("down", "--all", "--force", check=0).stdout == "s is down\n"
    assert stack.netful("down", "--all", check=0).stderr == "nothing is running\n"
