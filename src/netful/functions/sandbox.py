"""The daemon's side of one sandbox: its log, its status, its end, its memory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netful.functions.faults import Exit
from netful.functions.logs import LogStream
from netful.functions.processes import children, exceeds, peak_memory_mb
from netful.functions.zygote import Zygote

_CHUNK = 65536  # a pipe holds no more
_KILLED = Exit(signal=9)
_WATCH_SECONDS = 0.05


class Sandbox:
    """A sandbox from its start to its end; `on_end` is called once, when no process of it is left.

    While it runs its memory is looked at twenty times a second, and it is killed above the limit. A control group would
    see each page, but it takes rights that an ordinary user lacks, and outlives a killed daemon.
    """

    def __init__(
        self, zygote: Zygote, environment: str, log: LogStream, limit_mb: int, on_end: Callable[[Exit], None]
    ) -> None:
        self.ended = asyncio.Event()
        self._zygote = zygote
        self._environment = environment
        self._log = log
        self._limit_mb = limit_mb
        self._watch: asyncio.TimerHandle | None = None
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._pid = 0
        self._group = 0
        self._end = _KILLED
        self._log_pipe = self._status_pipe = -1
        self._unread = b""

    def start(self, order: dict[str, Any], netns: int) -> None:
        """Have it forked in a network namespace."""
        self._log_pipe, log = _pipe()
        self._status_pipe, status = _pipe()
        self._loop.add_reader(self._log_pipe, self._on_log)
        self._loop.add_reader(self._status_pipe, self._on_status)
        order = {"environment": self._environment, **order}
        self._zygote.start_sandbox(order, netns=netns, log=log, status=status)
        os.close(log)
        os.close(status)
        self._start_watch()

    async def kill(self) -> None:
        """Kill all its processes and wait until they are gone."""
        if not self.ended.is_set():
            self._zygote.kill(self._environment)
            await self.ended.wait()

    def freeze(self) -> None:
        """Stop its processes, as AWS does between invocations (lambda §3.1); one that left the group runs on."""
        self._group = self._group or next(iter(children(self._pid)), 0)
        self._signal(signal.SIGSTOP)
        self._stop_watch()

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)
        if self._watch is None:
            self._start_watch()

    def _start_watch(self) -> None:
        self._watch = self._loop.call_later(_WATCH_SECONDS, self._check_memory)

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _check_memory(self) -> None:
        if exceeds(self._pid, self._limit_mb):
            self._end = Exit(signal=signal.SIGKILL, peak_mb=self._limit_mb)
            self._zygote.kill(self._environment)
        else:
            self._start_watch()

    def _signal(self, number: signal.Signals) -> None:
        if self._group:
            with suppress(ProcessLookupError):
                os.killpg(self._group, number)

    def drain(self) -> None:
        """Take what the function has written so far: it comes before Lambda's own next line."""
        while self._log_pipe >= 0 and self._on_log() == _CHUNK:
            pass

    def peak_memory_mb(self) -> int:
        """The most memory that its processes have used."""
        return peak_memory_mb(self._pid)

    def _on_log(self) -> int:
        data = _read(self._log_pipe)
        if data:
            self._log.write(data)
        elif data is not None:
            self._log_pipe = self._close(self._log_pipe)
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
        else:
            peak_mb = -(-status.get("peak_kb", 0) // 1024)
            self._end = Exit(status.get("exit"), status.get("signal"), status.get("failed", ""), peak_mb)

    def _finish(self) -> None:
        self._stop_watch()
        self.drain()
        if self._log_pipe >= 0:
            self._log_pipe = self._close(self._log_pipe)
        self.ended.set()
        self._on_end(self._end)

    def _close(self, descriptor: int) -> int:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        return -1


def _pipe() -> tuple[int, int]:
    """A pipe whose reading end does not block; the writing end is for a sandbox."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(reading, False)
    return reading, writing


def _read(descriptor: int) -> bytes | None:
    """What is there, nothing at the end, None when there is nothing yet."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
