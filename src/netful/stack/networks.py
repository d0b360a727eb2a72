"""The running network: the fabric on its thread, and its doors served from the event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from netful.dns import Resolver
from netful.dns import serve as serve_dns
from netful.engine.names import resolve
from netful.fabric.build import Fabric, OpenDoor, Purpose
from netful.fabric.egress import RUNTIME_API_ADDRESS, Sandbox
from netful.fabric.position import Position
from netful.fabric.thread import NamespaceThread
from netful.model.cloud import Cloud
from netful.services.echo import Echo
from netful.services.front import Front

RUNTIME_API_PORT = 9001

T = TypeVar("T")


@dataclass(frozen=True)
class SandboxAttachment:
    """What an execution environment gets: its namespace, its resolver, and the Runtime API's socket in it."""

    sandbox: Sandbox
    nameserver: str
    runtime_api: socket.socket

    @property
    def netns_fd(self) -> int:
        """The descriptor of the network namespace."""
        return self.sandbox.netns_fd

    def listen(self, address: str, port: int) -> socket.socket:
        """The Runtime API's socket, which was opened with the sandbox: only the namespace thread may open one."""
        assert (address, port) == (str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        return self.runtime_api

    def close(self) -> None:
        """Let go of the namespace."""
        self.sandbox.close()


class Networks:
    """The network of a cloud, running."""

    def __init__(self, cloud: Cloud, thread: NamespaceThread) -> None:
        self._cloud = cloud
        self._thread = thread
        self._fabric: Fabric | None = None
        self._servers: list[asyncio.AbstractServer | Resolver] = []

    async def build(self) -> None:
        """Make every namespace; nothing is served yet."""
        self._fabric = await self._thread.call(Fabric, self._cloud, self._thread.limbo)

    async def open(self, front: Front) -> None:
        """Serve the doors."""
        for door in self.fabric.doors:
            await self._open(door, front)
        self._prepare()

    async def _open(self, door: OpenDoor, front: Front) -> None:
        loop = asyncio.get_running_loop()
        match door.purpose:
            case Purpose.HTTPS | Purpose.HTTP:
                server = await front.listen(door.door, door.socket, tls=door.purpose is Purpose.HTTPS)
            case Purpose.ECHO:
                server = await loop.create_server(Echo, sock=door.socket)
            case Purpose.DNS_TCP:
                return  # served together with its UDP socket
            case Purpose.DNS_UDP:
                other = next(
                    d for d in self.fabric.doors
                    if d.purpose is Purpose.DNS_TCP and d.socket.getsockname() == door.socket.getsockname()
                    and d.door == door.door
                )  # fmt: skip
                view = partial(resolve, self._cloud, door.door.vpc_id)
                self._servers.append(await serve_dns(loop, door.socket, other.socket, view))
                return
        self._servers.append(server)

    @property
    def fabric(self) -> Fabric:
        """The fabric, once it is built."""
        assert self._fabric is not None
        return self._fabric

    async def attach(self, function_id: str) -> SandboxAttachment:
        """Make the network of a new execution environment."""
        attachment = await self._thread.call(self._attach, function_id)
        self._prepare()
        return attachment

    def _attach(self, function_id: str) -> SandboxAttachment:
        function = self._cloud.functions[function_id]
        sandbox = self.fabric.attach(function)
        socket_inside = sandbox.listen(str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        return SandboxAttachment(sandbox, str(self.fabric.resolver_of(function)), socket_inside)

    def _prepare(self) -> None:
        """Have the next attachments made quick while nothing waits for one."""
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, lambda: loop.create_task(self._thread.call(self.fabric.prepare)))

    async def on_thread(self, call: Callable[[Fabric], T]) -> T:
        """Do something with the fabric on its thread."""
        return await self._thread.call(call, self.fabric)

    async def socket(self, position: Position, kind: int) -> socket.socket:
        """Open a socket that stands in a position."""
        return await self._thread.call(position.socket, kind)

    async def release(self, position: Position) -> None:
        """Give a position up."""
        await self._thread.call(position.release)

    async def close(self) -> None:
        """Stop serving and let go of every namespace."""
        for server in self._servers:
            server.close()
        if self._fabric is not None:
            await self._thread.call(self._fabric.close)
