"""What /proc tells about a sandbox's processes: which they are, and how much memory they have used."""

from __future__ import annotations

import os


def children(pid: int) -> list[int]:
    """A process's children, oldest first; none when it is gone."""
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def exceeds(init: int, limit_mb: int) -> bool:
    """Whether all processes under a sandbox's pid 1 together use more memory than they may.

    Pages that several processes share count once, as in a control group: that takes long to find out, so it is asked
    only where the plain sum is too large.
    """
    pids = _descendants(init)
    limit_kb = limit_mb * 1024
    if sum(_field_kb(f"/proc/{pid}/status", b"VmRSS:") for pid in pids) <= limit_kb:
        return False
    return sum(_field_kb(f"/proc/{pid}/smaps_rollup", b"Pss:") for pid in pids) > limit_kb


def peak_memory_mb(init: int) -> int:
    """REPORT's Max Memory Used: the sum of the peaks of all processes under a sandbox's pid 1, in megabytes."""
    return -(-sum(_field_kb(f"/proc/{pid}/status", b"VmHWM:") for pid in _descendants(init)) // 1024)


def _descendants(init: int) -> list[int]:
    found: list[int] = []
    pending = children(init)
    while pending:
        pid = pending.pop()
        found.append(pid)
        pending += children(pid)
    return found


def _field_kb(path: str, name: bytes) -> int:
    _, found, rest = _read(path).partition(name)
    return int(rest.split(None, 1)[0]) if found else 0


def _read(path: str) -> bytes:
    """A file of /proc, empty when its process is gone or has closed itself to us."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
    try:
        return os.read(descriptor, 4096)
    except ProcessLookupError:
        return b""
    finally:
        os.close(descriptor)
