"""Processes of a sandbox and their memory, from /proc.

Each REPORT needs them, so files of /proc stay open: reading one again costs half of opening it, and a list of children half a
microsecond. An open file belongs to its process only, even if another process gets the same number. If a runtime reports its own
peak, the others are read twenty times a second, as often as memory is limited.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress

_CHUNK = 4096
_LOOK_SECONDS = 0.05


def children(pid: int) -> list[int]:
    """Return the children of a process, oldest first; none if it has ended."""
    with suppress(OSError):
        descriptor = os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return [int(child) for child in _read(descriptor).split()]
        finally:
            os.close(descriptor)
    return []


class Family:
    """All processes under the pid 1 of a sandbox, and their memory. Close it when it is not used for a while."""

    def __init__(self, init: int) -> None:
        self._init = init
        self._members: dict[int, _Process] = {}
        self._looked = -math.inf
        self._first_kb = self._others_kb = 0

    def exceeds(self, limit_mb: int) -> bool:
        """Return whether they use more memory together than allowed.

        Pages shared by several processes count once, as in a control group. Reading that takes long, so it is read only if the plain sum
        is too large.
        """
        members = self._look()
        limit_kb = limit_mb * 1024
        if sum(member.resident_kb() for member in members) <= limit_kb:
            return False
        return sum(member.own_kb() for member in members) > limit_kb

    def peak_memory_mb(self, told_kb: int = 0) -> int:
        """Return REPORT's Max Memory Used: the sum of the peaks of all running processes, in megabytes.

        `told_kb`: the peak that the runtime, the first of them, reported; 0 if it did not.
        """
        now = time.monotonic()
        if not told_kb or now - self._looked >= _LOOK_SECONDS:
            peaks = [member.peak_kb() for member in self._look()]
            self._looked, self._first_kb, self._others_kb = now, sum(peaks[:1]), sum(peaks[1:])
        return -(-(max(self._first_kb, told_kb) + self._others_kb) // 1024)

    def close(self) -> None:
        """Close the files."""
        for member in self._members.values():
            member.close()
        self._members.clear()

    def _look(self) -> list[_Process]:
        """Return the running processes without pid 1."""
        found: list[int] = []
        pending = [self._init] if self._init else []
        for pid in pending:
            member = self._members.get(pid)
            if member is None:
                member = self._members[pid] = _Process(pid)
            found.append(pid)
            pending += member.children()
        for pid in self._members.keys() - set(found):
            self._members.pop(pid).close()
        return [self._members[pid] for pid in found[1:]]


class _Process:
    """Open /proc files of a process; all of them are empty after it has ended or denied access."""

    __slots__ = ("_children", "_pid", "_status")

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._children = _open(f"/proc/{pid}/task/{pid}/children")
        self._status = -1

    def children(self) -> list[int]:
        return [int(child) for child in _read(self._children).split()]

    def resident_kb(self) -> int:
        return self._status_kb(b"VmRSS:")

    def peak_kb(self) -> int:
        return self._status_kb(b"VmHWM:")

    def own_kb(self) -> int:
        rollup = _open(f"/proc/{self._pid}/smaps_rollup")
        try:
            return _field_kb(_read(rollup), b"Pss:")
        finally:
            _close(rollup)

    def _status_kb(self, name: bytes) -> int:
        if self._status < 0:
            self._status = _open(f"/proc/{self._pid}/status")
        return _field_kb(_read(self._status), name)

    def close(self) -> None:
        _close(self._children)
        _close(self._status)


def _field_kb(text: bytes, name: bytes) -> int:
    _, found, rest = text.partition(name)
    return int(rest.split(None, 1)[0]) if found else 0


def _open(path: str) -> int:
    """Return a descriptor, -1 if the file does not exist or no descriptor is left."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def _read(descriptor: int) -> bytes:
    """Return a file of /proc from its beginning, empty if its process has ended."""
    if descriptor < 0:
        return b""
    try:
        return os.pread(descriptor, _CHUNK, 0)
    except ProcessLookupError:
        return b""


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)
