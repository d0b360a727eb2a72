"""The running network: the fabric on its thread, and its doors served from the event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from netful.dns import Resolver
from netful.dns import serve as serve_dns
from netful.engine.names import Answer, resolve
from netful.fabric.doors import OpenDoor, Purpose
from netful.fabric.egress import RUNTIME_API_ADDRESS, Sandbox
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.fabric.thread import NamespaceThread
from netful.model.cloud import Cloud
from netful.services.echo import Echo, EchoDatagrams
from netful.services.front import Front
from netful.services.relay import Relay

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


@dataclass(frozen=True)
class EchoServer:
    """The internet's other ports, TCP and UDP."""

    stream: asyncio.AbstractServer
    datagrams: EchoDatagrams

    def close(self) -> None:
        """Stop answering."""
        self.stream.close()
        self.datagrams.close()


Served = asyncio.AbstractServer | Resolver | EchoServer | Relay
Relays = Mapping[tuple[str, int], tuple[str, int]]
"""Where on the host a resource's port is relayed to."""


class Networks:
    """The network of a cloud, running."""

    def __init__(self, cloud: Cloud, thread: NamespaceThread, relays: Relays) -> None:
        self._cloud = cloud
        self._relays = relays
        self._thread = thread
        self._fabric: Fabric | None = None
        self._served: dict[OpenDoor, Served] = {}

    async def build(self) -> None:
        """Make every namespace; nothing is served yet."""
        ports: dict[str, tuple[int, ...]] = {}
        for resource_id, port in self._relays:
            ports[resource_id] = (*ports.get(resource_id, ()), port)
        self._fabric = await self._thread.call(Fabric, self._cloud, self._thread.limbo, ports)

    async def open(self, front: Front) -> None:
        """Serve the doors."""
        for door in self.fabric.doors:
            self._served[door] = await self._serve(door, front)
        self._prepare()

    async def change(self, cloud: Cloud, front: Front) -> None:
        """Become the network of another cloud, and serve the doors that it has."""
        self._cloud = cloud
        await self._thread.call(self.fabric.change, cloud)
        doors = {*self.fabric.doors}
        for door in self._served.keys() - doors:
            self._served.pop(door).close()
        for door in doors - self._served.keys():
            self._served[door] = await self._serve(door, front)
        for server in self._served.values():
            if isinstance(server, Resolver):
                server.forget()

    async def _serve(self, door: OpenDoor, front: Front) -> Served:
        loop = asyncio.get_running_loop()
        if door.purpose is Purpose.ECHO:
            assert door.datagrams is not None
            return EchoServer(await loop.create_server(Echo, sock=door.socket), EchoDatagrams(loop, door.datagrams))
        if door.purpose is Purpose.DNS:
            assert door.datagrams is not None
            return await serve_dns(loop, door.datagrams, door.socket, partial(self._resolve, door.door.vpc_id))
        if door.purpose is Purpose.RELAY:
            owner = self._cloud.network_interfaces[door.owner].owner_id
            return await Relay.serve(door.socket, *self._relays[owner, door.socket.getsockname()[1]])
        return await front.listen(door.door, door.socket, tls=door.purpose is Purpose.HTTPS)

    def _resolve(self, vpc_id: str | None, name: str) -> Answer:
        return resolve(self._cloud, vpc_id, name)

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
        for server in self._served.values():
            server.close()
        if self._fabric is not None:
            await self._thread.call(self._fabric.close)
