"""HAProxy of one node: started in the namespace of the node, reloaded in place, restarted if it dies.

Rules:
1. The process is tied to the thread that spawns it, so it ends with the daemon in every case.
2. A reload starts a second process that takes over the listening sockets and the health of the targets. It has ended when the first process
   accepts no connection any more. That one serves its open connections and ends with the last of them. If HAProxy refuses a configuration,
   it continues unchanged.
3. The admin socket is in the folder of the node. Socket paths have a short limit, so folders are passed as descriptors.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import IO, Any

from netful.balancer.haproxy.configuration import ADMIN_SOCKET, SERVERS, Configuration
from netful.model.core import StackError

_CONFIGURATION = "haproxy.cfg"
_ACCESS_LOG, _OWN_LOG = "access.log", "haproxy.log"
_LOG_BYTES = 16 << 20
_START_SECONDS, _STEP_SECONDS = 60.0, 0.01
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_HANDOVERS = 20
_NO_SOCKETS = "Failed to get the sockets from the old process!"

Spawn = Callable[[list[str], Path, IO[bytes], IO[bytes]], Awaitable["subprocess.Popen[bytes]"]]
"""Starts a command in the node's namespace: its words, its folder, its output and its errors."""

log = logging.getLogger(__name__)


class HaProxy:
    """HAProxy of a node. `folder` belongs to it alone."""

    def __init__(self, program: str, folder: Path, spawn: Spawn) -> None:
        self._program = program
        self._folder = folder
        self._spawn = spawn
        self._running: subprocess.Popen[bytes] | None = None
        self._processes: dict[int, subprocess.Popen[bytes]] = {}  # all processes that have not ended, by id
        self._leaving: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()  # one start at a time
        self._starts: set[asyncio.Task[None]] = set()
        self._loaded: Configuration | None = None
        self._ending = False
        self._read_to = 0
        self._pause = _FIRST_PAUSE
        self._restarting: asyncio.Task[None] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._folder_fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)

    @property
    def pid(self) -> int | None:
        """Id of the process that accepts new connections."""
        return self._running.pid if self._running else None

    async def run(self, configuration: Configuration) -> None:
        """Run with this configuration; an unchanged one has no effect. Raise StackError if HAProxy refuses it."""
        await self._to_its_end(self._run(configuration))

    async def _to_its_end(self, start: Coroutine[Any, Any, None]) -> None:
        """Start also where the caller is cancelled meanwhile: the new process may have taken over already."""
        task = asyncio.create_task(start)
        self._starts.add(task)
        task.add_done_callback(self._started)
        await asyncio.shield(task)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starts.discard(task)
        task.exception()  # the caller may be gone, and then no one else looks at it

    async def _run(self, configuration: Configuration) -> None:
        async with self._turn:
            if configuration == self._loaded and self._running is not None:
                return
            for file, text in {**configuration.files, _CONFIGURATION: configuration.text + "\n"}.items():
                (self._folder / file).write_text(text, encoding="utf-8", newline="")
            await self._start()
            self._loaded = configuration

    async def _start(self) -> None:
        """Start a process, which ends the one that runs when it is ready."""
        before = self._leaving = self._running
        try:
            process, tries = None, count(1)
            while process is None:
                process = await self._successor(before, last=next(tries) == _HANDOVERS)
            self._running = process
            if before is not None:
                await _left(before, process)
        finally:
            self._leaving = None
            if before is not None and before is self._running and before.poll() is not None:
                self._lost(before)

    async def _successor(
        self, before: "subprocess.Popen[bytes] | None", *, last: bool
    ) -> "subprocess.Popen[bytes] | None":
        """Return a process that is ready; None if the one before did not hand over its sockets in time, unless this try is the last.

        HAProxy waits one second for them, which is short on a busy machine.
        """
        words = [self._program, "-db", "-f", _CONFIGURATION]
        if before is not None and before.poll() is None:
            words += ["-x", ADMIN_SOCKET, "-sf", str(before.pid)]
        await self._keep_health()
        with (self._folder / _ACCESS_LOG).open("ab") as output, (self._folder / _OWN_LOG).open("ab") as errors:
            begun = errors.tell()
            process = await self._spawn(words, self._folder, output, errors)
        self._watch(process)
        if await self._is_ready(process):
            return process
        process.kill()
        complaint = self._complaint(begun)
        if complaint == _NO_SOCKETS and not last:
            return None
        raise StackError("HAProxy does not start", why=complaint)

    async def _keep_health(self) -> None:
        """Write what the process that runs has found about its targets: the next one continues from that."""
        found = ""
        with contextlib.suppress(OSError):
            found = await self.ask("show servers state")
        (self._folder / SERVERS).write_text(found, encoding="utf-8")

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        self._processes[process.pid] = process
        loop = asyncio.get_running_loop()
        pidfd = os.pidfd_open(process.pid)

        def ended() -> None:
            loop.remove_reader(pidfd)
            os.close(pidfd)
            process.wait()
            self._ended(process)

        loop.add_reader(pidfd, ended)

    def _ended(self, process: subprocess.Popen[bytes]) -> None:
        self._processes.pop(process.pid, None)
        if process is self._running and process is not self._leaving:
            self._lost(process)

    def _lost(self, process: subprocess.Popen[bytes]) -> None:
        """Start another process in the place of one that ended by itself."""
        self._running = None
        if not self._ending:
            log.warning("HAProxy in `%s` ended with %s and is started again", self._folder.name, process.returncode)
            self._restarting = asyncio.create_task(self._restart())

    async def _restart(self) -> None:
        while self._running is None:
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            with contextlib.suppress(StackError):
                await self._to_its_end(self._start_again())
        self._pause = _FIRST_PAUSE

    async def _start_again(self) -> None:
        async with self._turn:
            if self._running is None:
                await self._start()

    async def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the process answers; return False if it ended instead, or takes too long."""
        own = f"Pid: {process.pid}\n"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_SECONDS):
                while process.poll() is None:  # HAProxy sends no signal when it is ready
                    with contextlib.suppress(OSError):
                        if own in await self.ask("show info"):
                            return True
                    await asyncio.sleep(_STEP_SECONDS)
        return False

    def _complaint(self, begun: int) -> str:
        lines = (self._folder / _OWN_LOG).read_bytes()[begun:].decode(errors="replace").splitlines()
        return next((line.partition(" : ")[2] for line in lines if line.startswith("[ALERT]")), "it says nothing")

    def newly_logged(self) -> list[str]:
        """Return the complete lines of the access log that are new since the last call.

        A long log is truncated after it was read: HAProxy appends, and so continues at the new end.
        """
        with (self._folder / _ACCESS_LOG).open("rb+") as file:
            file.seek(self._read_to)
            fresh = file.read()
            whole = fresh.rpartition(b"\n")[0]
            self._read_to += len(whole) + 1 if whole else 0
            if self._read_to > _LOG_BYTES and fresh.endswith(b"\n"):
                file.truncate(0)
                self._read_to = 0
        return whole.decode(errors="replace").splitlines()

    async def ask(self, command: str) -> str:
        """Send a command to the admin socket. Raise OSError if no process answers."""
        path = f"/proc/self/fd/{self._folder_fd}/{ADMIN_SOCKET}"
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            writer.write(f"{command}\n".encode())
            return (await reader.read()).decode()
        finally:
            writer.close()

    async def drained(self) -> None:
        """Wait until no process is left that a reload has replaced: each ends with its last request."""
        while len(self._processes) > 1:  # noqa: ASYNC110  # processes end by themselves, some after a reload that follows
            await asyncio.sleep(_STEP_SECONDS)

    async def close(self) -> None:
        """End every process of this node."""
        self._ending = True
        if self._restarting is not None:
            self._restarting.cancel()
        while self._processes or self._starts:  # a kill takes a moment, and so does a spawn
            for process in self._processes.values():
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL)
            await asyncio.sleep(_STEP_SECONDS)
        os.close(self._folder_fd)


async def _left(before: "subprocess.Popen[bytes]", process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process accepts no connections: until then it has the listening sockets that the next one took over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_START_SECONDS):
            while before.poll() is None and not _sockets(before).isdisjoint(_sockets(process)):  # noqa: ASYNC110  # HAProxy sends no signal
                await asyncio.sleep(_STEP_SECONDS)


def _sockets(process: "subprocess.Popen[bytes]") -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # it is closed meanwhile
                found.add(descriptor.readlink().name)
    return {name for name in found if name.startswith("socket:")}
