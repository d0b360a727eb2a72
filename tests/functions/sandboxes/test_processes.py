"""Memory of a sandbox's processes: a program with children stands for a sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

from netful.functions.sandboxes.processes import Family

pytestmark = pytest.mark.programs
PARENT = """
import os, subprocess, sys
children = [subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(int(sys.argv[2]))]
for child in children:
    child.stdout.readline()
print(flush=True)
sys.stdin.read()
"""
WAIT = "print(flush=True); import sys; sys.stdin.read()"
SOCKETS = f"""
import socket
held = [socket.socketpair() for _ in range(200)]
for one, _ in held:
    one.setblocking(False)
    try:
        while one.send(b"x" * (1 << 16)):
            pass
    except BlockingIOError:
        pass
{WAIT}"""
HOLDS = {
    "its own memory": f"held = b'x' * (64 << 20); {WAIT}",
    "a file without a name": f"import os; held = os.memfd_create('m'); os.write(held, b'x' * (64 << 20)); {WAIT}",
}


@pytest.fixture
def family():
    """Start processes under a parent: a function from a child's program and their number to their family."""
    started = []

    def start(child, limit_mb, number=1, prefix=()):
        command = (*prefix, sys.executable, "-c", PARENT, child, str(number))
        parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        parent.stdout.readline()
        started.append((parent, Family(parent.pid, limit_mb)))
        return started[-1][1]

    yield start
    for parent, found in started:
        found.close()
        parent.communicate()


def exceeds(family, looks=200):
    """Look as often as the daemon does in ten seconds."""
    for _ in range(looks):
        if family.exceeds():
            return True
        if family._asking is not None:  # noqa: SLF001  # a thread reads: the look after it has the answer
            family._asking.submit(int).result()  # noqa: SLF001
    return False


@pytest.mark.parametrize("child", HOLDS.values(), ids=HOLDS)
def test_what_a_process_holds_counts(family, child):
    assert exceeds(family(child, 50))
    assert not exceeds(family(child, 120), looks=3)


@pytest.mark.packets
def test_what_many_sockets_hold_counts(family):
    in_a_network = "unshare", "--net"  # as every sandbox is
    assert exceeds(family(SOCKETS, 35, prefix=in_a_network))
    assert not exceeds(family(SOCKETS, 1000, prefix=in_a_network), looks=3)


def test_a_file_of_two_processes_counts_once(family):
    child = f"import os; held = os.memfd_create('m'); os.write(held, b'x' * (64 << 20)); {{}}; {WAIT}"
    assert not exceeds(family(child.format("os.fork() or input()"), 120), looks=3)


def test_few_files_stay_open_for_many_processes(family):
    found = family(WAIT, 100_000, 50)
    before = len([*Path("/proc/self/fd").iterdir()])
    for _ in range(4):
        assert not found.exceeds()
    assert len([*Path("/proc/self/fd").iterdir()]) - before <= 2 * 32 + 1


def test_memory_of_many_processes_is_one_sum(family):
    assert exceeds(family(f"held = b'x' * (4 << 20); {WAIT}", 150, 40))


def test_pages_that_processes_share_count_once_in_a_report(family):
    forks = f"import os; held = b'x' * (32 << 20); [os.fork() or input() for _ in range(8)]; {WAIT}"
    found = family(forks, 160)
    assert not exceeds(found, looks=20)
    assert 40 < found.peak_memory_mb() < 100
    assert family(forks, 4096).peak_memory_mb() > 160
