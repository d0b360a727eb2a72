"""Program of a host: started in its position, watched, restarted when it ends, and ended with the stack.

| state | meaning |
|---|---|
| starting | the program runs, but has not served yet |
| running | the program serves, according to `health`; without `health`, it runs |
| unhealthy | the program runs, but no longer serves, according to two checks in a row |
| restarting | the program ended, and starts again after a pause that doubles each time |
| ended | the user data ended, and has left no program that runs |
"""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path

from netful.fabric.position import Position
from netful.functions.invocations.logs import LogGroup, LogStream
from netful.hosts.engines.server import Server
from netful.model.functions.programs import USER_DATA, Health, Program
from netful.stack.network.attempt import Failed, Target, connect, status_of_answer
from netful.stack.network.confined import LEFT
from netful.stack.network.exec_namespace import Sandbox, kill, spawn_confined, write_resolver
from netful.stack.network.host_folder import Surroundings
from netful.stack.network.networks import Networks
from netful.stack.network.output import follow

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
_STEADY_SECONDS = 10.0  # a program that ran this long begins with the first pause again
_FAREWELL_SECONDS = 2.0
_OFTEN, _SELDOM = 0.05, 2.0
_ANSWER_SECONDS = 2.0
_PATIENCE = 4  # times the seconds, for the second check in a row
_LINE_BYTES = 256  # more than a line that is awaited
_LEFT = re.compile(re.escape(LEFT).replace(r"\{\}", r"(\d+)").encode())


class HostState(StrEnum):
    """The state of a host's program."""

    STARTING = "starting"
    RUNNING = "running"
    UNHEALTHY = "unhealthy"
    RESTARTING = "restarting"
    ENDED = "ended"


class HostRun:
    """A program at one interface."""

    def __init__(
        self, program: Program, position: Position, networks: Networks, around: Surroundings, log: LogGroup
    ) -> None:
        self.program = program
        self.position = position
        self.state = HostState.STARTING
        self.restarts = 0
        self.why = self._failure = ""
        self.settled = asyncio.Event()
        """Event: the program serves for the first time, or has ended."""
        self._networks = networks
        self._around = around
        self._log = LogStream(log, str(position.address))
        self._process: subprocess.Popen[bytes] | None = None
        self._task = asyncio.create_task(self._live())

    @property
    def folder(self) -> Path:
        """Return the program's folder."""
        return self._around.folder

    async def close(self) -> None:
        """End the program: first by a request, then by force."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(process.wait, _FAREWELL_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                await asyncio.to_thread(process.wait)

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE
        while True:
            began = loop.time()
            code = await self._run_once()
            tail = _LEFT.sub(b"", self._log.take_tail())  # what ran on has ended too
            said = tail.decode(errors="replace").strip().rpartition("\n")[2]
            self.state = HostState.ENDED if self.program.user_data else HostState.RESTARTING
            self.why = f"it ended with exit code {code}" + (f": {said}" if said else "")
            self.settled.set()
            if self.program.user_data:
                return
            if loop.time() - began >= _STEADY_SECONDS:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            self.restarts += 1

    async def _run_once(self) -> int:
        """Start the program and wait for its end."""
        self.state = HostState.STARTING
        reading, writing = os.pipe()
        try:
            write_resolver(self._around.folder / "resolv.conf", self.position)
            process = self._process = await self._networks.make(lambda _fabric: self._spawn(writing), kill)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        watch = asyncio.create_task(self._watch())
        try:
            await follow(reading, self._hear())  # until the last process that could write has ended
            return await asyncio.to_thread(process.wait)
        finally:
            watch.cancel()

    def _hear(self) -> Callable[[bytes], None]:
        """Return what takes the program's output: its log, and the line that a server serves, or that user data ended."""
        ready = self.program.ready if isinstance(self.program, Server) else ""
        awaited = _LEFT if self.program.user_data else re.compile(re.escape(ready).encode()) if ready else None
        heard = b""

        def hear(data: bytes) -> None:
            nonlocal awaited, heard
            self._log.write(data)
            heard = heard[-_LINE_BYTES:] + data if awaited else b""
            if awaited and (found := awaited.search(heard)):
                awaited = None
                if ready:
                    self._serves()
                elif found[1] != b"0":
                    self.why = self._failure = f"it ended with exit code {int(found[1])}, and programs of it run on"

        return hear

    def _serves(self) -> None:
        self.state, self.why = HostState.RUNNING, self._failure
        self.settled.set()

    def _spawn(self, output: int) -> subprocess.Popen[bytes]:
        around = self._around
        program = self.program
        covered = program.covered if isinstance(program, Server) else {}
        sandbox = Sandbox(
            around.folder, around.readable, program.allow, isinstance(program, Server), covered, stays=program.user_data
        )
        command = ["/bin/sh", "-c", program.command]
        if program.user_data:
            command = [*re.split(r"[ \t]+", program.command, maxsplit=1), str(around.folder / USER_DATA)]
        return spawn_confined(
            self.position, command, output, around.environment,
            sandbox=sandbox, bundle=around.bundle, cwd=program.cwd or str(around.folder),
        )  # fmt: skip

    async def _watch(self) -> None:
        """Keep `state` up to date. A server that logs that it serves ends when it does not."""
        health = self.program.health
        if isinstance(self.program, Server) and self.program.ready:
            return
        failures = 0
        while True:
            problem = await self._problem(health, _PATIENCE if failures == 1 else 1) if health else ""
            failures = failures + 1 if problem else 0
            if not problem:
                self._serves()
            elif self.state is HostState.RUNNING and failures > 1:  # the machine may be busy
                self.state, self.why = HostState.UNHEALTHY, problem
            if health is None:
                return
            await asyncio.sleep(_OFTEN if self.state is HostState.STARTING or failures == 1 else _SELDOM)

    async def _problem(self, health: Health, patience: int) -> str:
        """Return the problem at the health port, "" if it has none. The host itself checks, so no group filters it."""
        address = IPv4Address("127.0.0.1") if health.loopback else self.position.address
        target = Target(str(self.position.address), health.port, path=health.path or "/")
        try:
            async with asyncio.timeout(_ANSWER_SECONDS * patience):
                connection = await connect(self._networks, self.position, address, health.port, patience)
                if health.path is None:
                    connection.close()
                    return ""
                status = await status_of_answer(connection, target)
        except (Failed, OSError, TimeoutError):
            return f"nothing serves port {health.port}"
        return "" if 200 <= status < 400 else f"GET {health.path} is answered {status}"
