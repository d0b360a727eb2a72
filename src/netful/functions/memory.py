"""How much memory a sandbox has used, from /proc: the peak of each process that lives in it (REPORT's Max Memory Used)."""

from __future__ import annotations

import os


def peak_memory_mb(init: int) -> int:
    """The sum of the peaks of all processes under a sandbox's pid 1, in megabytes."""
    total, pids = 0, _children(init)
    while pids:
        pid = pids.pop()
        total += _peak_kb(pid)
        pids += _children(pid)
    return -(-total // 1024)


def _children(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


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
