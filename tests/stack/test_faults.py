"""What goes wrong around a stack: the right error, the stack goes on where it can, and nothing is left behind."""

import contextlib
import operator
import os
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netful.stack.control import wire
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import (
    ENOUGH_SECONDS,
    alive,
    assert_nothing_left,
    children,
    daemon_of,
    descendants,
    host_state,
    inside_of,
    running_command,
    sandboxes,
    start,
    told,
    wait_until,
)
from tests.helpers.stacks import Stack
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets
ENDPOINT = EXAMPLES / "ssm-demo" / "endpoint.yaml"
GREETING = {"value": "hello from Parameter Store"}


@pytest.fixture
def stack(running):
    return running(ENDPOINT)


@pytest.fixture
def full(tmp_path):
    """A state folder on a disk of a few pages."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    yield disk
    # `down` returns when the daemon has let go of everything but its log, in the instant before its own end.
    wait_until(lambda: subprocess.run(["umount", disk], check=False).returncode == 0, "the disk is in use")


def pid_of(stack):
    return daemon_of(Path(stack.env["NETFUL_STATE"]))


def held(pid):
    """What a daemon holds: descriptors and processes below it."""
    return len([*Path(f"/proc/{pid}/fd").iterdir()]), len(descendants(pid))


def settled(pid):
    """What a daemon holds when it has come to rest: the same at three looks."""
    looks = []

    def same():
        looks.append(held(pid))
        time.sleep(0.05)  # between two looks; the number of looks decides
        return len(looks) >= 3 and len(set(looks[-3:])) == 1

    wait_until(same, lambda: f"never came to rest: {looks[-3:]}")
    return looks[-1]


def wait_until_no_more_than(before, pid):
    """Wait until a daemon holds nothing more than before: what was told to end does so by itself."""
    wait_until(lambda: all(map(operator.le, held(pid), before)), lambda: f"held {held(pid)}, before {before}")


# --- disk -------------------------------------------------------------------------------------------------------------


def fill(disk, *, leave):
    with contextlib.suppress(OSError), (disk / "filling").open("wb", buffering=0) as filling:
        for _ in range(16 - leave // 4096):
            filling.write(bytes(4096))


@pytest.mark.parametrize("leave", [0, 8192])
def test_full_disk_at_the_start(full, leave):
    before = host_state()
    fill(full, leave=leave)
    stack = Stack(full / "state", ENDPOINT)
    said = stack.netful("up", "-d", "-t", stack.template.name, "--stack", "s", check=2).stderr
    assert "Traceback" not in said
    assert "No space left on device" in said or "hint: set NETFUL_STATE to a folder with room" in said
    assert stack.netful("status", "--stack", "s").returncode == 1
    assert host_state() <= before


def test_a_disk_that_fills_while_it_runs(full):
    """What needs the disk is refused, with the reason; the rest works, and all of it when there is room again."""
    stack = Stack(full / "state", ENDPOINT)
    stack.up()
    try:
        assert stack.invoke()["payload"] == GREETING
        fill(full, leave=0)
        said = stack.netful("exec", "ReadParameter", "--stack", "s", "--", "true", check=2).stderr
        assert "no room is left for the state" in said
        assert stack.invoke()["payload"] == GREETING
        (full / "filling").unlink()
        stack.netful("exec", "ReadParameter", "--stack", "s", "--", "true", check=0)
    finally:
        stack.down()


# --- parts that die ---------------------------------------------------------------------------------------------------


def test_services_that_are_killed_start_again(stack):
    stack.client("ssm").describe_parameters()  # the first call that needs the process
    (services,) = running_command(pid_of(stack), "services.moto.process")
    time.sleep(max(0.0, 2.1 - _age(services)))  # one that dies at once is given up
    os.kill(services, signal.SIGKILL)
    wait_until(lambda: any("restarted" in w for w in stack.json("status", "--stack", "s")["warnings"]), "stay down")
    told = "warning: the service back ends ended and were restarted: data that was put there is lost"
    assert told in stack.netful("status", "--stack", "s", check=0).stderr
    assert told not in stack.netful("status", "--stack", "s", "--quiet", check=0).stderr
    assert running_command(pid_of(stack), "services.moto.process") != [services]
    assert stack.invoke()["payload"] == GREETING


def _age(pid):
    ticks = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def test_a_sandbox_that_is_killed_is_one_failed_invocation(stack):
    stack.invoke()
    daemon = pid_of(stack)
    before = settled(daemon)
    (sandbox,) = sandboxes(daemon)
    os.kill(sandbox, signal.SIGKILL)
    wait_until(lambda: sandbox not in {p for p, _ in descendants(daemon)}, "it lives")
    assert stack.invoke()["payload"] == GREETING
    wait_until_no_more_than(before, daemon)


def test_a_zygote_that_is_killed_is_started_again(stack):
    stack.invoke()
    daemon = pid_of(stack)
    before = settled(daemon)
    for zygote in children(daemon).intersection(running_command(daemon, "zygote")):
        os.kill(zygote, signal.SIGKILL)
    wait_until(lambda: not sandboxes(daemon), "its sandboxes live")
    assert stack.invoke()["payload"] == GREETING
    wait_until_no_more_than(before, daemon)


# --- up and down ------------------------------------------------------------------------------------------------------


def test_two_ups_at_once_make_one_stack(tmp_path):
    stack = Stack(tmp_path / "state", ENDPOINT)
    both = [start(stack), start(stack)]
    codes = sorted(launcher.wait(timeout=ENOUGH_SECONDS) for launcher in both)
    assert codes in ([0, 0], [0, 2])
    assert stack.invoke()["payload"] == GREETING
    pid = pid_of(stack)
    stack.client("ssm").describe_parameters()
    family, inside = descendants(pid), inside_of(descendants(pid))
    assert len(running_command(pid, "services.moto.process")) == 1
    stack.down()
    wait_until(lambda: not alive(family), "something is left")
    assert inside


def pending(pid, number):
    """Whether a signal waits for a process that stands still."""
    mask = next(line.split()[1] for line in told(pid, "status").splitlines() if line.startswith("ShdPnd:"))
    return int(mask, 16) >> (number - 1) & 1


def stopped_while_it_starts(stack, state):
    """Return the process of `up` and its daemon, which stands still before it listens; on a busy machine it may be late for that."""
    while True:
        launcher = subprocess.Popen(
            [stack.command, "up", "-d", "-t", stack.template.name, "--stack", "s"],
            env=stack.env, cwd=stack.template.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_until(lambda: daemon_of(state), "no daemon came up")
        daemon = daemon_of(state)
        os.kill(daemon, signal.SIGSTOP)
        if not (state / "s" / "control.sock").exists():
            return launcher, daemon
        os.kill(daemon, signal.SIGCONT)
        launcher.communicate(timeout=ENOUGH_SECONDS)
        stack.down()


def test_down_while_it_starts(tmp_path):
    before = host_state()
    stack = Stack(tmp_path / "state", ENDPOINT)
    launcher, daemon = stopped_while_it_starts(
        stack, tmp_path / "state"
    )  # until `down` has asked it to end, however slow
    family = descendants(daemon)
    with ThreadPoolExecutor() as beside:
        down = beside.submit(stack.down)
        wait_until(lambda: pending(daemon, signal.SIGTERM), "it was not asked to end")
        os.kill(daemon, signal.SIGCONT)
    assert "s is down" in down.result().stdout
    assert "ended" in launcher.communicate(timeout=ENOUGH_SECONDS)[1]
    assert launcher.returncode == 2
    assert_nothing_left(family, before, inside_of([]))
    assert stack.netful("status", "--stack", "s").returncode == 1


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("reading the templates", signal.SIGINT),
        ("building the network", signal.SIGTERM),  # `timeout`, or the end of a CI job
        ("warming functions up", signal.SIGINT),
    ],
)
def test_an_interrupted_up_leaves_nothing(tmp_path, moment, number):
    before = host_state()
    stack = Stack(tmp_path / "state", ENDPOINT)
    screen, terminal = os.openpty()
    launcher = subprocess.Popen(
        [stack.command, "up", "-d", "-t", stack.template.name, "--stack", "s"],
        env=stack.env, cwd=stack.template.parent, stdout=subprocess.DEVNULL, stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    said = b""
    while moment.encode() not in said:
        said += os.read(screen, 1000)
    os.killpg(launcher.pid, signal.SIGSTOP)  # at once: it does not get to the end of the start while others are listed
    family = descendants(launcher.pid)
    os.killpg(launcher.pid, number)
    os.killpg(launcher.pid, signal.SIGCONT)
    assert launcher.wait(timeout=ENOUGH_SECONDS) == 130
    with contextlib.suppress(OSError):  # the terminal has gone with its last user
        while more := os.read(screen, 1000):
            said += more
    os.close(screen)
    assert b"Traceback" not in said
    assert not alive(family)  # `up` has waited for them
    assert_nothing_left(family, before, inside_of([]))
    assert not list((tmp_path / "state").iterdir())


def log_something_for_no_reader(stack, launcher):
    launcher.stdout.close()
    stack.invoke()


def stop_as_a_container(_stack, launcher):
    launcher.terminate()  # only with a handler does process 1 of a container end, as here with 0


@pytest.mark.parametrize("ending", [log_something_for_no_reader, stop_as_a_container])
def test_up_in_the_foreground_ends_in_order(tmp_path, ending):
    before = host_state()
    stack = Stack(tmp_path / "state", ENDPOINT)
    with subprocess.Popen(
        [stack.command, "up", "-t", stack.template.name, "--stack", "s"],
        env=stack.env, cwd=stack.template.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as launcher:  # fmt: skip
        assert launcher.stdout.readline().startswith(b"s is up")
        family = descendants(daemon_of(tmp_path / "state"))
        assert alive(family)
        ending(stack, launcher)
        assert launcher.wait(timeout=ENOUGH_SECONDS) == 0
    assert_nothing_left(family, before, inside_of([]))


def test_two_stacks_with_the_same_blocks_are_apart(running, tmp_path):
    first, second = running(ENDPOINT), Stack(tmp_path / "other", ENDPOINT)
    changed = replaced(second.template.read_text(), {"hello from Parameter Store": "hello from the other"})
    folder = tmp_path / "copy"
    folder.mkdir()
    shutil.copytree(ENDPOINT.parent / "read_parameter", folder / "read_parameter")
    second.template = folder / "endpoint.yaml"
    second.template.write_text(changed)
    second.up()
    try:
        assert first.invoke()["payload"] == GREETING
        assert second.invoke()["payload"] == {"value": "hello from the other"}
        ours, theirs = (inside_of(descendants(pid_of(stack))) for stack in (first, second))
        assert ours
        assert not ours.keys() & theirs.keys()
    finally:
        second.down()
    assert first.invoke()["payload"] == GREETING


def test_a_stack_whose_folder_is_deleted_ends(stack):
    before = host_state()
    stack.invoke()
    state = Path(stack.env["NETFUL_STATE"])
    pid = pid_of(stack)
    family, inside = descendants(pid), inside_of(descendants(pid))
    subprocess.run(["rm", "-r", state / "s"], check=True)
    stack.up()  # at once: the one that still ends must leave the new one's folder alone
    assert_nothing_left(family, before, inside)
    assert stack.invoke()["payload"] == GREETING


# --- clients that go --------------------------------------------------------------------------------------------------


def test_a_client_that_goes_in_mid_exec_takes_the_command_along(stack):
    stack.netful("exec", "ReadParameter", "--stack", "s", "--", "true", check=0)
    daemon = pid_of(stack)
    before = settled(daemon)
    client = subprocess.Popen(
        [stack.command, "exec", "ReadParameter", "--stack", "s", "--", "sh", "-c", "setsid sleep 4243 & sleep 4243"],
        env=stack.env, cwd=stack.template.parent, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(lambda: len(running_command(daemon, "sleep\x004243")) == 2, "the command did not start")
    client.kill()
    client.wait()
    wait_until(lambda: not running_command(daemon, "4243"), "the command lives on")
    wait_until_no_more_than(before, daemon)


def test_a_client_that_goes_in_mid_invoke_leaves_the_function_running(running):
    stack = running(EXAMPLES / "ssm-demo" / "isolated.yaml")
    daemon = pid_of(stack)
    client = subprocess.Popen([stack.command, "invoke", "ReadParameter", "--stack", "s"], env=stack.env)
    wait_until(lambda: sandboxes(daemon), "no sandbox was started")
    client.kill()
    client.wait()
    wait_until(lambda: "Task timed out" in stack.netful("logs", "--stack", "s").stdout, "it was cut off")
    first = settled(daemon)
    assert "Task timed out" in stack.invoke()["payload"]["errorMessage"]
    wait_until_no_more_than(first, daemon)


def test_clients_that_speak_nonsense_are_let_go(stack):
    daemon = pid_of(stack)
    before = settled(daemon)
    for said in (b"", b"\0", b"\xff" * 64, wire.LENGTH.pack(4) + b"null", wire.encode({"verb": "none"})):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(Path(stack.env["NETFUL_STATE"]) / "s" / "control.sock"))
            client.sendall(said)
    wait_until_no_more_than(before, daemon)
    assert stack.invoke()["payload"] == GREETING
