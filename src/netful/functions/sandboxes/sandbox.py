"""The daemon's side of one sandbox: its log, its status, its end, its memory."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import socket
from contextlib import suppress
from typing import Any, Protocol

from netful.functions.inside.supervisor import END, GO
from netful.functions.invocations.faults import Exit
from netful.functions.invocations.logs import LogStream
from netful.functions.sandboxes.processes import Family, children
from netful.functions.sandboxes.zygote import Zygote

_CHUNK = 65536  # a pipe holds no more
_KILLED = Exit(signal=9)
_WATCH_SECONDS = 0.05
_END_LOOK_SECONDS = 0.01
_REST_SECONDS = 0.01


class Watcher(Protocol):
    """Who is told what happens in a sandbox."""

    def runtime_ended(self, end: Exit) -> None:
        """The runtime is gone, and extensions run on."""

    def extension_ended(self, name: str, code: int) -> None:
        """An extension is gone; the code is negative for a signal."""

    def sandbox_ended(self, end: Exit) -> None:
        """No process is left. Called once."""

    def freezing(self) -> None:
        """Its processes are about to be stopped."""


class Sandbox:
    """A sandbox from its start to its end.

    While it runs its memory is looked at twenty times a second, and it is killed above the limit. A control group would
    see each page, but it takes rights that an ordinary user lacks, and outlives a killed daemon.

    Between invocations its processes are stopped, when none has come for ten milliseconds: two signals an invocation
    would cost a busy function a sixth of its rate.
    """

    def __init__(
        self,
        zygote: Zygote,
        environment: str,
        log: LogStream,
        limit_mb: int,
        watcher: Watcher,
    ) -> None:
        self.ended = asyncio.Event()
        self._zygote = zygote
        self._environment = environment
        self._log = log
        self._limit_mb = limit_mb
        self._watch: asyncio.TimerHandle | None = None
        self._watcher = watcher
        self._with_extensions = False
        self._loop = asyncio.get_running_loop()
        self._pid = 0
        self._family = Family(0)
        self._groups: frozenset[int] = frozenset()  # that are stopped
        self._rests_since = math.inf
        self._rest: asyncio.TimerHandle | None = None
        self._end = _KILLED
        self._log_pipe = self._status_pipe = self._extensions_pipe = -1
        self._unread = b""

    def start(self, order: dict[str, Any], netns: int) -> None:
        """Have it forked in a network namespace."""
        self._with_extensions = bool(order["extensions"])
        self._log_pipe, log = _pipe()
        self._status_pipe, status = _socket_pair() if self._with_extensions else _pipe()
        self._loop.add_reader(self._log_pipe, self._on_log)
        self._loop.add_reader(self._status_pipe, self._on_status)
        order = {"environment": self._environment, **order}
        given = [log, status]
        if self._with_extensions:  # what they write is told apart from the function's
            self._extensions_pipe, extensions = _pipe()
            self._loop.add_reader(self._extensions_pipe, self._on_log_of_extensions)
            given.append(extensions)
        self._zygote.start_sandbox(order, [netns, *given])
        for descriptor in given:
            os.close(descriptor)
        self._start_watch()

    def start_runtime(self) -> None:
        """The extensions have registered: the runtime may start."""
        self._say(GO)

    def terminate(self) -> None:
        """Ask the runtime to end."""
        self._say(END)

    async def kill(self) -> None:
        """Kill all its processes and wait until they are gone."""
        if not self.ended.is_set():
            self._zygote.kill(self._environment)
            await self.ended.wait()

    async def emptied(self, seconds: float) -> None:
        """Wait until the processes beside pid 1 are gone, but no longer than this."""
        end = self._loop.time() + seconds
        while children(self._pid) and not self.ended.is_set() and self._loop.time() < end:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(_END_LOOK_SECONDS)

    def freeze(self) -> None:
        """Stop its processes soon, as AWS does between invocations (lambda §3.1); one that left the group runs on."""
        self._rests_since = self._loop.time()
        if self._rest is None:
            self._rest = self._loop.call_later(_REST_SECONDS, self._stop_when_rested)

    def thaw(self) -> None:
        """Let them go on."""
        self._rests_since = math.inf
        if self._groups:
            self._signal(signal.SIGCONT)
            self._groups = frozenset()
            self._start_watch()

    def _stop_when_rested(self) -> None:
        """The timer is not set anew with each invocation: it looks whether one has come since."""
        self._rest = None
        if self._rests_since == math.inf or self.ended.is_set():
            return
        left = self._rests_since + _REST_SECONDS - self._loop.time()
        if left > _REST_SECONDS / 10:
            self._rest = self._loop.call_later(left, self._stop_when_rested)
            return
        self._watcher.freezing()
        self._groups = _groups_of(children(self._pid))
        self._signal(signal.SIGSTOP)
        self._stop_watch()
        self._family.close()

    def _start_watch(self) -> None:
        self._watch = self._loop.call_later(_WATCH_SECONDS, self._check_memory)

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _check_memory(self) -> None:
        if self._family.exceeds(self._limit_mb):
            self._end = Exit(signal=signal.SIGKILL, peak_mb=self._limit_mb)
            self._zygote.kill(self._environment)
        else:
            self._start_watch()

    def _signal(self, number: signal.Signals) -> None:
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, number)

    def _say(self, word: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            os.write(self._status_pipe, word)

    def drain(self) -> None:
        """Take what the function has written so far: it comes before Lambda's own next line."""
        while self._log_pipe >= 0 and self._on_log() == _CHUNK:
            pass
        while self._extensions_pipe >= 0 and self._on_log_of_extensions() == _CHUNK:
            pass

    def peak_memory_mb(self, told_kb: int) -> int:
        """The most memory that its processes have used; `told_kb` is what a runtime has told of itself, or 0."""
        return self._family.peak_memory_mb(0 if self._with_extensions else told_kb)

    def _on_log(self) -> int:
        data = _read(self._log_pipe)
        if data:
            self._log.write(data)
        elif data is not None:
            self._log_pipe = self._close(self._log_pipe)
        return len(data or b"")

    def _on_log_of_extensions(self) -> int:
        data = _read(self._extensions_pipe)
        if data:
            self._log.write_of_extensions(data)
        elif data is not None:
            self._extensions_pipe = self._close(self._extensions_pipe)
        return len(data or b"")

    def _on_status(self) -> None:
        data = _read(self._status_pipe)
        if data is None:
            return
        if not data:
            self._status_pipe = self._close(self._status_pipe)
            self._finish()
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, status: dict[str, Any]) -> None:
        if "pid" in status:
            self._pid = status["pid"]
            self._family = Family(self._pid)
        elif "extension" in status:
            self._watcher.extension_ended(status["extension"], status["code"])
        else:
            peak_mb = -(-status.get("peak_kb", 0) // 1024)
            self._end = Exit(status.get("exit"), status.get("signal"), status.get("failed", ""), peak_mb)
            if self._with_extensions:  # they run on
                self._watcher.runtime_ended(self._end)

    def _finish(self) -> None:
        self._stop_watch()
        if self._rest is not None:
            self._rest.cancel()
        self._family.close()
        self.drain()
        if self._log_pipe >= 0:
            self._log_pipe = self._close(self._log_pipe)
        if self._extensions_pipe >= 0:
            self._extensions_pipe = self._close(self._extensions_pipe)
        self.ended.set()
        self._watcher.sandbox_ended(self._end)

    def _close(self, descriptor: int) -> int:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        return -1


def _pipe() -> tuple[int, int]:
    """A pipe whose reading end does not block; the writing end is for a sandbox."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(reading, False)
    return reading, writing


def _socket_pair() -> tuple[int, int]:
    """A pipe for both ways."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)  # noqa: FBT003  # the socket's own interface
    return ours.detach(), theirs.detach()


def _groups_of(pids: list[int]) -> frozenset[int]:
    found = set()
    for pid in pids:
        with suppress(ProcessLookupError):
            found.add(os.getpgid(pid))
    return frozenset(found)


def _read(descriptor: int) -> bytes | None:
    """What is there, nothing at the end, None when there is nothing yet."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
