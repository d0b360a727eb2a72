"""Processes and namespaces of stacks, and the traces that they must not leave."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

ENOUGH_SECONDS = 300  # where other programs leave little of the machine; it is waited out only by what is broken
# An address of this process's own, where no other process listens: a port there is free as long as this one does not use it.
OWN_LOOPBACK = f"127.94.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}"


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


def children(pid):
    """Return the processes that a process has started itself."""
    table = processes()
    return {child for child, stat in table.items() if int(stat[1]) == pid}


def told(pid, file):
    """Return what a file of /proc tells of a process: nothing of one that has ended since it was listed."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{file}").read_text()
    return ""


def running_command(pid, word):
    """Return the processes at or below one whose arguments have this word."""
    return [p for p, _ in descendants(pid) if word in told(p, "cmdline")]


def sandboxes(pid):
    """Return the first processes of the sandboxes below a process: each is number 1 of a pid namespace."""
    return [p for p, _ in descendants(pid) if re.search(r"^NSpid:(\s+\d+)+\s+1$", told(p, "status"), re.MULTILINE)]


def parent_of(pid):
    return int(processes()[pid][1])


async def kill(pid):
    """Kill a process and wait for its end."""
    ended, descriptor = asyncio.Event(), os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    os.kill(pid, signal.SIGKILL)
    await ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


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
    """Return the mounts, links, named namespaces and rules of the host, each as its kind and its text."""
    read = partial(subprocess.run, capture_output=True, text=True, check=False)
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    found = {("mount", line) for line in mounts if "/pytest-of-" not in line}  # other tests may mount folders of theirs
    found |= {("link", line.split()[1]) for line in read(["ip", "-o", "link"]).stdout.splitlines()}
    found |= {("namespace", line.split()[0]) for line in read(["ip", "netns"]).stdout.splitlines()}
    return found | {("rule", line) for line in read(["nft", "list", "ruleset"]).stdout.splitlines()}


def wait_until(condition, what="it did not come"):
    """Wait for something that no event announces, and return it: a state in /proc, a health check, a program that starts."""
    deadline = time.monotonic() + ENOUGH_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.01)
    return found


def daemon_of(state):
    """The pid of the daemon whose state folder this is: the one that holds the lock."""
    lock = state / "s" / "lock"
    with contextlib.suppress(FileNotFoundError):
        inode, owner = lock.stat().st_ino, lock.read_text()
        if owner and re.search(rf" {owner} \S+:{inode} ", Path("/proc/locks").read_text()):
            return int(owner)
    return None


def assert_nothing_left(family, before, inside):
    """Nothing of a stack that ended is there, and no process is in a namespace that was its own (`inside_of`).

    What other programs of the machine add to the host for a time is waited for, and what they take away is nothing left.
    """
    wait_until(lambda: not alive(family), lambda: f"still there: {alive(family)}")
    wait_until(lambda: not inside.keys() & namespaces(processes()), "a process is in a namespace of the stack")
    wait_until(lambda: host_state() <= before, lambda: f"left on the host: {host_state() - before}")


def start(stack):
    return subprocess.Popen(
        [stack.command, "up", "-d", "-t", stack.template.name, "--stack", "s"],
        env=stack.env, cwd=stack.template.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def descriptors():
    """What this process's descriptors lead to, by their numbers."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # that of the look itself
            found[int(entry.name)] = str(entry.readlink())
    return found
