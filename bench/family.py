"""Processes of a running stack: the daemon, and all below it."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+)", re.MULTILINE)
_TICK = 1000 / os.sysconf("SC_CLK_TCK")


def daemon_of(name: str) -> int:
    """The process of a stack's daemon, by its command line."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            command = entry.read_bytes().split(b"\0")
            if b"netful.stack.daemon" in command and f'"name": "{name}"'.encode() in b" ".join(command):
                return int(entry.parent.name)
    raise LookupError(f"no daemon of `{name}`")


def family(pid: int) -> dict[int, str]:
    """A process and all below it: the first words of their command lines, by process id."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")[:80] for one in found}


def pss(pid: int) -> float:
    """The memory of a process in MB, with its share of what it shares."""
    with contextlib.suppress(OSError):
        return int(_PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())[1]) / 1024  # type: ignore[index]
    return 0.0


def processor(pid: int) -> float:
    """The processor time of a process and of its children that have ended, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK
