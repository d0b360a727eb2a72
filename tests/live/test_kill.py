"""kill -9 of the daemon at any moment leaves no process, namespace, mount or rule."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets
ENOUGH_SECONDS = 20


def processes():
    """(pid, start time) of every process, so that a reused pid is not taken for an old one."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            found[int(entry.name)] = (entry / "stat").read_text().rsplit(")", 1)[1].split()
    return found


def descendants(pid):
    """A process and all below it, by (pid, start time)."""
    table = processes()
    family = {pid}
    while True:
        more = {p for p, stat in table.items() if int(stat[1]) in family} - family
        if not more:
            return {(p, table[p][19]) for p in family if p in table}
        family |= more


def alive(family):
    table = processes()
    return {p for p, start in family if p in table and table[p][19] == start and table[p][0] != "Z"}


def namespaces(pids):
    """The network namespaces that processes are in."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            found.add(str(Path(f"/proc/{pid}/ns/net").readlink()))
    return found


class Held(dict):
    """Network namespaces by their numbers. Each is held open: a number is not given again while it is compared."""

    def add(self, pid):
        with contextlib.suppress(OSError):
            fd = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            number = str(Path(f"/proc/self/fd/{fd}").readlink())
            if number in self:
                os.close(fd)
            else:
                self[number] = fd

    def __del__(self):
        for fd in self.values():
            os.close(fd)


def inside_of(family):
    """The namespaces of a stack's own that its processes are in: the host's is not one."""
    held = Held()
    for pid, _ in family:
        held.add(pid)
    for own in held.keys() & namespaces(["self"]):
        os.close(held.pop(own))
    return held


def host_state():
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return {
        "mounts": [line for line in mounts if "/pytest-of-" not in line],  # other tests may mount folders of theirs
        "links": subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout.count("\n"),
        "named": subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout,
        "rules": subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout,
    }


def wait_until(condition, what):
    deadline = time.monotonic() + ENOUGH_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.01)


def daemon_of(state):
    """The pid of the daemon whose state folder this is: the one that holds the lock."""
    lock = (state / "s" / "lock").stat()
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if (
            len(fields) > 5
            and ":" in fields[5]
            and fields[5].rsplit(":", 1)[1] == str(lock.st_ino)
            and "->" not in line
        ):
            return int(fields[4])
    return None


def assert_nothing_left(family, before, inside):
    """Nothing of a stack that ended is there, and no process is in a namespace that was its own (`inside_of`)."""
    wait_until(lambda: not alive(family), lambda: f"still there: {alive(family)}")
    wait_until(lambda: not inside.keys() & namespaces(processes()), "a process is in a namespace of the stack")
    assert host_state() == before


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


def start(stack):
    return subprocess.Popen(
        [stack.command, "up", "-d", "-t", stack.template.name, "--stack", "s"],
        env=stack.env, cwd=stack.template.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("milliseconds", [0, 50, 150, 300, 500, 800])
def test_killed_while_it_starts(stack, milliseconds):
    before = host_state()
    state = Path(stack.env["NETFUL_STATE"])
    launcher = start(stack)
    wait_until(lambda: (state / "s" / "lock").exists() and daemon_of(state), "no daemon came up")
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
    wait_until(lambda: sum("4242" in _arguments(p) for p, _ in descendants(pid)) >= 3, "the command did not start")
    family = descendants(pid)
    inside = inside_of(family)
    assert len(inside) >= 2  # the sandbox's, the command's
    os.kill(pid, signal.SIGKILL)
    assert_nothing_left(family, before, inside)
    assert command.wait(timeout=ENOUGH_SECONDS) != 0
    assert either.netful("status", "--stack", "s").returncode == 1
    either.up()
    assert either.invoke()["payload"] == {"value": "hello from Parameter Store"}


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


def _arguments(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
