"""What /proc tells about a sandbox's processes: which they are, and how much memory they have used."""

from __future__ import annotations

import os


def children(pid: int) -> list[int]:
    """A process's children, oldest first; none when it is gone."""
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def peak_memory_mb(init: int) -> int:
    """REPORT's Max Memory Used: the sum of the peaks of all processes under a sandbox's pid 1, in megabytes."""
    total, pids = 0, children(init)
    while pids:
        pid = pids.pop()
        total += _peak_kb(pid)
        pids += children(pid)
    return -(-total // 1024)


def _peak_kb(pid: int) -> int:
    _, found, rest = _read(f"/proc/{pid}/status").partition(b"VmHWM:")
    return int(rest.split(None, 1)[0]) if found else 0


def _read(path: str) -> bytes:
    """A file of /proc, empty when its process is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError):
        return b""
    try:
        return os.read(descriptor, 4096)
    except ProcessLookupError:
        return b""
    finally:
        os.close(descriptor)
