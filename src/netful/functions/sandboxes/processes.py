"""Processes of a sandbox and their memory, from /proc.

Each REPORT needs them, so files of /proc stay open: reading one again costs half of opening it, and a list of children half a
microsecond. An open file belongs to its process only, even if another process gets the same number. If a runtime reports its own
peak, the others are read twenty times a second, as often as memory is limited.

A function may start a thousand processes: then a look reads some of them, the next look some more, and only the first ones have files
that stay open.

Memory in a file that only a descriptor refers to (memfd_create) is in no process's size: it counts once for the sandbox. So does
what sockets hold, where there are many: the buffers of a few are small.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice

from netful.functions.sandboxes.socket_memory import socket_memory_kb

_CHUNK = 4096
_LOOK_SECONDS = 0.05
_KEPT_OPEN = 32  # processes
_SIZES_A_LOOK = 32
_MEMFD, _SOCKET = "/memfd:", "socket:"
_FEW_SOCKETS = 32


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

    def __init__(self, init: int, limit_mb: int) -> None:
        self._init = init
        self._limit_kb = limit_mb * 1024
        self._members: dict[int, _Process] = {}
        self._looked = -math.inf
        self._first_kb = self._others_kb = self._together_kb = 0
        self._round: Iterator[bool] | None = None
        self._asking: ThreadPoolExecutor | None = None

    def exceeds(self) -> bool:
        """Look at some of the processes; return whether they are known to use more memory together than allowed.

        Pages shared by several processes count once, as in a control group. Reading that waits for processes that fork or map memory just
        now. So it is read only if the plain sum is too large, by a thread, and a later look returns it.
        """
        if self._round is None:
            self._round = self._rounds()
        return next(self._round)

    def _rounds(self) -> Iterator[bool]:
        while True:
            total_kb, held, pids = 0, _Descriptors(), []
            for number, member in enumerate(self._walk(), 1):
                pids.append(member.pid)
                total_kb += member.resident_kb()
                held.add(member.descriptors())
                if number % _SIZES_A_LOOK == 0:
                    yield False
            if total_kb + held.files_kb > self._limit_kb or held.many_sockets:
                asked = self._ask(pids, total_kb, held)
                while asked is not None and not asked.done():
                    yield False
                if asked is not None:
                    self._together_kb = max(self._together_kb, asked.result())
                    yield asked.result() > self._limit_kb
                    continue
            yield False

    def _ask(self, pids: list[int], total_kb: int, held: _Descriptors) -> Future[int] | None:
        """Read in a thread what they use together; None if no thread can be started now."""
        self._asking = self._asking or ThreadPoolExecutor(1)
        try:
            return self._asking.submit(_together_kb, pids, total_kb, held, self._limit_kb)
        except RuntimeError:
            return None

    def peak_memory_mb(self, told_kb: int = 0) -> int:
        """Return REPORT's Max Memory Used: the sum of the peaks of all running processes, in megabytes.

        A sum above the limit counts shared pages more than once, since the processes were not killed: then it is what they are known
        to have used together, or the first one alone.

        `told_kb`: the peak that the runtime, the first of them, reported; 0 if it did not.
        """
        now = time.monotonic()
        if not told_kb or now - self._looked >= _LOOK_SECONDS:
            peaks = [member.peak_kb() for member in islice(self._walk(), _KEPT_OPEN)]
            self._looked, self._first_kb, self._others_kb = now, sum(peaks[:1]), sum(peaks[1:])
        first_kb = max(self._first_kb, told_kb)
        used_kb = first_kb + self._others_kb
        if used_kb > self._limit_kb:
            used_kb = min(max(first_kb, self._together_kb), self._limit_kb)
        return -(-used_kb // 1024)

    def close(self) -> None:
        """Close the files."""
        self._round = None
        if self._asking is not None:
            self._asking.shutdown(wait=False, cancel_futures=True)
            self._asking = None
        for member in self._members.values():
            member.close()
        self._members.clear()

    def _walk(self) -> Iterator[_Process]:
        """Yield the running processes without pid 1."""
        pending = [self._init] if self._init else []
        for place, pid in enumerate(pending):
            member = self._members.get(pid) or _Process(pid)
            pending += member.children()
            if place < _KEPT_OPEN:
                self._members[pid] = member
            try:
                if place:
                    yield member
            finally:
                if place >= _KEPT_OPEN and self._members.get(pid) is not member:
                    member.close()
        for pid in self._members.keys() - set(pending):
            self._members.pop(pid).close()


class _Descriptors:
    """Files without a name and sockets that descriptors of a sandbox refer to."""

    def __init__(self) -> None:
        self._files: dict[int, int] = {}
        self._sockets: set[str] = set()

    def add(self, found: Iterator[tuple[str, str]]) -> None:
        """Add descriptors of a process: their paths in /proc, and what they refer to."""
        for path, target in found:
            if target.startswith(_SOCKET):
                self._sockets.add(target)
            elif target.startswith(_MEMFD):
                with suppress(OSError):
                    status = os.stat(path)  # noqa: PTH116  # a Path costs more than the call
                    self._files[status.st_ino] = status.st_blocks // 2

    @property
    def files_kb(self) -> int:
        """The size of the files, each once."""
        return sum(self._files.values())

    @property
    def many_sockets(self) -> bool:
        """True if their buffers can be large."""
        return len(self._sockets) > _FEW_SOCKETS


class _Process:
    """Open /proc files of a process; all of them are empty after it has ended or denied access."""

    __slots__ = ("_children", "_status", "pid")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._children = _open(f"/proc/{pid}/task/{pid}/children")
        self._status = -1

    def children(self) -> list[int]:
        return [int(child) for child in _read(self._children).split()]

    def resident_kb(self) -> int:
        return self._status_kb(b"VmRSS:")

    def peak_kb(self) -> int:
        return self._status_kb(b"VmHWM:")

    def descriptors(self) -> Iterator[tuple[str, str]]:
        """Yield its descriptors: their paths, and what they refer to."""
        with suppress(OSError), os.scandir(f"/proc/{self.pid}/fd") as found:  # it may have ended
            for one in found:
                yield one.path, os.readlink(one.path)  # noqa: PTH115  # a Path costs more than the call

    def _status_kb(self, name: bytes) -> int:
        if self._status < 0:
            self._status = _open(f"/proc/{self.pid}/status")
        return _field_kb(_read(self._status), name)

    def close(self) -> None:
        _close(self._children)
        _close(self._status)


def _together_kb(pids: list[int], total_kb: int, held: _Descriptors, limit_kb: int) -> int:
    """Return the memory of processes, files and sockets, as far as the limit; a page or file that they share counts once."""
    files_kb = held.files_kb
    own_kb, shared_kb = socket_memory_kb(pids[0]) if held.many_sockets else 0, 0
    if own_kb + total_kb + files_kb <= limit_kb:
        return own_kb + total_kb + files_kb
    for pid in pids:
        rollup = _open(f"/proc/{pid}/smaps_rollup")
        try:
            text = _read(rollup)
        finally:
            _close(rollup)
        own_kb += _field_kb(text, b"Pss:")
        shared_kb += _field_kb(text, b"Pss_Shmem:")
        if own_kb + max(files_kb - shared_kb, 0) > limit_kb:
            break
    return own_kb + max(files_kb - shared_kb, 0)


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
