"""Daemon side of one sandbox: its log, its status, its end, its memory."""

import asyncio
import json
import math
import os
import signal
import socket
from contextlib import suppress
from typing import Any, Protocol

from netful.functions.inside.supervisor import END, GO
from netful.functions.invocations.faults import EXIT_ERROR, Exit
from netful.functions.invocations.logs import LogStream
from netful.functions.sandboxes.output import Output
from netful.functions.sandboxes.processes import Family, children
from netful.functions.sandboxes.zygote import Zygote

_CHUNK = 4096
_KILLED = Exit(signal=9)
_WATCH_SECONDS = 0.05
_END_LOOK_SECONDS = 0.01
_REST_SECONDS = 0.01


class Watcher(Protocol):
    """Receiver of the events of a sandbox."""

    def runtime_ended(self, end: Exit) -> None:
        """The runtime ended; extensions continue."""

    def extension_ended(self, name: str, code: int) -> None:
        """An extension ended; the code is negative for a signal."""

    def sandbox_ended(self, end: Exit) -> None:
        """The last process ended. Called once."""

    def freezing(self) -> None:
        """The processes are about to be stopped."""


class Sandbox:
    """A sandbox from its start to its end.

    While it runs its memory is read twenty times a second, and it is killed above the limit. A control group would see each page, but
    needs rights that an ordinary user lacks, and outlives a killed daemon.

    Its processes are stopped after ten milliseconds without an invocation: two signals for each invocation would cost a busy function
    a sixth of its rate.
    """

    def __init__(self, zygote: Zygote, environment: str, log: LogStream, limit_mb: int, watcher: Watcher) -> None:
        self.ended = asyncio.Event()
        self._zygote = zygote
        self._environment = environment
        self._output, self._output_of_extensions = Output(log.write), Output(log.write_of_extensions)
        self._limit_mb = limit_mb
        self._watch: asyncio.TimerHandle | None = None
        self._watcher = watcher
        self._with_extensions = False
        self._loop = asyncio.get_running_loop()
        self._pid = 0
        self._family = Family(0, limit_mb)
        self._groups: frozenset[int] = frozenset()  # the stopped processes
        self._rests_since = math.inf
        self._rest: asyncio.TimerHandle | None = None
        self._end = _KILLED
        self._status_pipe = -1
        self._unread = b""
        self._finishing: asyncio.Task[None] | None = None

    def start(self, order: dict[str, Any], netns: int) -> None:
        """Fork it in a network namespace. Raise OSError if no descriptor is left; it has then ended."""
        self._with_extensions = bool(order["extensions"])
        given: list[int] = []
        try:
            given.append(self._output.open())
            self._status_pipe, status = _socket_pair() if self._with_extensions else _pipe()
            given.append(status)
            if self._with_extensions:  # output of extensions is separate from the function's
                given.append(self._output_of_extensions.open())
            self._zygote.start_sandbox({"environment": self._environment, **order}, [netns, *given])
        except OSError:
            self._close_all()
            self.ended.set()
            raise
        finally:
            for descriptor in given:
                os.close(descriptor)
        self._loop.add_reader(self._status_pipe, self._on_status)
        self._start_watch()

    def start_runtime(self) -> None:
        """Start the runtime after the extensions have registered."""
        self._say(GO)

    def terminate(self) -> None:
        """Ask the runtime to exit."""
        self._say(END)

    async def kill(self) -> None:
        """Kill all processes and wait for their end."""
        if not self.ended.is_set():
            self._zygote.kill(self._environment)
            await self.ended.wait()

    async def emptied(self, seconds: float) -> None:
        """Wait until the processes beside pid 1 have ended, at most for `seconds`."""
        end = self._loop.time() + seconds
        while children(self._pid) and not self.ended.is_set() and self._loop.time() < end:  # noqa: ASYNC110  # the kernel sends no event
            await asyncio.sleep(_END_LOOK_SECONDS)

    def freeze(self) -> None:
        """Stop the processes soon, as AWS does between invocations (lambda §3.1); a process that left the group continues."""
        self._rests_since = self._loop.time()
        if self._rest is None:
            self._rest = self._loop.call_later(_REST_SECONDS, self._stop_when_rested)

    def thaw(self) -> None:
        """Continue the processes."""
        self._rests_since = math.inf
        if self._groups:
            self._signal(signal.SIGCONT)
            self._groups = frozenset()
            self._start_watch()

    def _stop_when_rested(self) -> None:
        """Stop the processes if no invocation has come since. The timer is not restarted for each invocation."""
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
        if self._family.exceeds():
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

    def drain(self) -> bool:
        """Read a piece of the output, which comes before Lambda's next line; return whether no more is there."""
        return self._output.read() and self._output_of_extensions.read()

    async def catch_up(self) -> None:
        """Read all the output that has been written by now."""
        await self._output.catch_up()
        await self._output_of_extensions.catch_up()

    def peak_memory_mb(self, told_kb: int) -> int:
        """Return the peak memory of the processes; `told_kb` is the peak that a runtime reported, or 0.

        For a runtime that has ended, it is the peak in the report of its end.
        """
        return self._family.peak_memory_mb(0 if self._with_extensions else told_kb) or self._end.peak_mb

    def _on_status(self) -> None:
        data = _read(self._status_pipe)
        if data is None:
            return
        if not data:
            self._close_status()
            self._finish()
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, status: dict[str, Any]) -> None:
        if "pid" in status:
            self._pid = status["pid"]
            self._family = Family(self._pid, self._limit_mb)
        elif "extension" in status:
            self._watcher.extension_ended(status["extension"], status["code"])
        else:
            peak_mb = -(-status.get("peak_kb", 0) // 1024)
            self._end = Exit(
                status.get("exit"), status.get("signal"), status.get("failed", ""), peak_mb,
                status.get("error_type", EXIT_ERROR), status.get("error", ""),
            )  # fmt: skip
            if self._with_extensions:  # they continue
                self._watcher.runtime_ended(self._end)

    def _finish(self) -> None:
        self._stop_watch()
        if self._rest is not None:
            self._rest.cancel()
        self._family.close()
        if self.drain():
            self._end_now()
        else:
            self._finishing = self._loop.create_task(self._end_later())

    async def _end_later(self) -> None:
        await self.catch_up()
        self._end_now()

    def _close_all(self) -> None:
        self._close_status()
        self._output.close()
        self._output_of_extensions.close()

    def _close_status(self) -> None:
        if self._status_pipe >= 0:
            self._loop.remove_reader(self._status_pipe)
            os.close(self._status_pipe)
            self._status_pipe = -1

    def _end_now(self) -> None:
        self._close_all()
        self.ended.set()
        self._watcher.sandbox_ended(self._end)


def _pipe() -> tuple[int, int]:
    """Return a pipe with a non-blocking reading end; the writing end is for a sandbox."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(reading, False)
    return reading, writing


def _socket_pair() -> tuple[int, int]:
    """Return a pipe for both directions."""
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
    """Return the available bytes, empty at the end, None if there are none yet."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
