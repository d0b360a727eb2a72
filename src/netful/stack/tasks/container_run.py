"""Daemon side of a container: its start, its health, its output, its end."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from netful.engine.tasks.definition import Container
from netful.fabric.position import Position
from netful.functions.invocations.logs import LogStream
from netful.hosts.tasks.state import ContainerState, Health, Status
from netful.images.image import ImageManifest
from netful.images.overlay import HOSTS
from netful.model.core import Frozen
from netful.stack.network.exec_namespace import kill, write_resolver
from netful.stack.network.networks import Networks
from netful.stack.network.output import follow

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Root(Frozen):
    """Parts of the root of a container: the unpacked image, the layer of netful, and the container's own folder."""

    manifest: ImageManifest
    image: Path
    top: Path
    folder: Path
    mounts: tuple[tuple[str, str, str, bool], ...] = ()


class ContainerRun:
    """One container. `ended` is set when it has ended, `changed` at each change of its state."""

    def __init__(self, container: Container, root: Root, log: LogStream, changed: asyncio.Event) -> None:
        self.container = container
        self.state = ContainerState(container.name, container.image, secrets.token_hex(16))
        self.ended = asyncio.Event()
        self._root = root
        self._log = log
        self._changed = changed
        self._process: subprocess.Popen[bytes] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, networks: Networks, position: Position, variables: Mapping[str, str], hostname: str) -> None:
        """Start it in the network of its task."""
        (self._root.folder / "root").mkdir(parents=True, exist_ok=True)
        (self._root.folder / "writable").mkdir(exist_ok=True)
        resolv_conf = self._root.folder / "resolv.conf"
        write_resolver(resolv_conf, position)
        hosts = self._root.folder / "hosts"
        names = f"{hostname} {hostname.partition('.')[0]}"
        hosts.write_text(f"{HOSTS}{position.address} {names}\n", encoding="ascii")
        output, status = os.pipe(), os.pipe()
        spec = self._specification(variables, hostname) | {
            "netns": position.netns.fd, "status": status[1], "parent": os.getpid(), "resolv_conf": str(resolv_conf),
            "hosts": str(hosts),
        }  # fmt: skip
        given = _file(json.dumps(spec))
        spawned = partial(_spawn, given, output[1], (position.netns.fd, status[1]))
        try:
            self._process = await networks.make(lambda _fabric: spawned(), kill)
        except BaseException:
            os.close(output[0])
            os.close(status[0])
            raise
        finally:
            for descriptor in (given, output[1], status[1]):
                os.close(descriptor)
        self._set(replace(self.state, status=Status.RUNNING))
        self._tasks = [asyncio.create_task(self._watch(output[0], status[0]))]

    def _specification(self, variables: Mapping[str, str], hostname: str) -> dict[str, object]:
        container, manifest, root = self.container, self._root.manifest, self._root
        entry_point = manifest.entry_point if container.entry_point is None else container.entry_point
        own = (
            manifest.command if container.entry_point is None else ()
        )  # as Docker: a new entry point drops the command
        return {
            "root": str(root.folder / "root"),
            "image": str(root.image),
            "top": str(root.top),
            "writable": str(root.folder / "writable"),
            "read_only": container.read_only,
            "mounts": root.mounts,
            "hostname": hostname,
            "cwd": container.working_directory or manifest.working_directory or "/",
            "user": container.user or manifest.user,
            "command": [*entry_point, *(own if container.command is None else container.command)],
            "environment": {"PATH": _PATH, **manifest.environment, **container.environment, **variables},
            "health": asdict(container.health) if container.health else None,
        }

    async def stop(self, most: float) -> None:
        """Ask it to end, and end it after its time, but at most this one in seconds."""
        process = self._process
        if process is None:
            self._set(replace(self.state, status=Status.STOPPED))
            self.ended.set()
            return
        if not self.ended.is_set():
            process.send_signal(self._stop_signal())
            try:
                async with asyncio.timeout(min(self.container.stop_seconds, most)):
                    await self.ended.wait()
            except TimeoutError:
                process.kill()
                await self.ended.wait()

    def _stop_signal(self) -> int:
        name = self._root.manifest.stop_signal
        return getattr(signal, name, signal.SIGTERM) if name else signal.SIGTERM

    async def _watch(self, output: int, status: int) -> None:
        assert self._process is not None
        await asyncio.gather(follow(output, self._log.write), follow(status, self._hear))
        code = await asyncio.to_thread(self._process.wait)
        self._log.platform("")  # the last line may have no end
        self._set(replace(self.state, status=Status.STOPPED, exit_code=code if code >= 0 else 128 - code))
        self.ended.set()

    def _hear(self, data: bytes) -> None:
        for line in data.splitlines():
            self._set(replace(self.state, health=Health(json.loads(line)["health"])))

    def _set(self, state: ContainerState) -> None:
        self.state = state
        self._changed.set()


def _file(text: str) -> int:
    """Return a descriptor of a file in memory with a text: other users see neither it nor the command line's secrets."""
    descriptor = os.memfd_create("specification")
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _spawn(given: int, output: int, passed: tuple[int, int]) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-I", "-m", "netful.stack.tasks.contained", str(given)]
    return subprocess.Popen(
        program, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=(given, *passed),
        env={"PATH": _PATH, "LANG": "C.UTF-8"}, start_new_session=True,
    )  # fmt: skip
