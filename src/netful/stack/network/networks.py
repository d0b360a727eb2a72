"""The running network: the fabric on its thread, and its doors served from the event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from netful.dns import Resolver
from netful.dns import serve as serve_dns
from netful.engine.names import on_premises_names
from netful.engine.names.resolution import Answer, resolve
from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import OpenDoor, Purpose
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.options import Options
from netful.fabric.kernel.thread import NamespaceThread
from netful.fabric.lambda_network.egress import RUNTIME_API_ADDRESS, Sandbox
from netful.fabric.lambda_network.sandbox_interfaces import SandboxInterfaces, Shortage, Tenancy
from netful.fabric.position import Position
from netful.model.cloud import Cloud
from netful.model.functions.function import Function
from netful.model.network.addresses import host_address
from netful.services.front.reception import Listens
from netful.services.front.routing import is_served
from netful.services.http.serving import Listening, Serving
from netful.services.relays.echo import Echo, EchoDatagrams
from netful.services.relays.real_internet import RealInternet, RelayingServer
from netful.services.relays.relay import Relay
from netful.stack.network.lambda_network import LambdaNetwork, blocks_of, refused

RUNTIME_API_PORT = 9001

T = TypeVar("T")


@dataclass(frozen=True)
class SandboxAttachment:
    """What an execution environment gets: its namespace, its resolver, and the Runtime API's socket in it.

    `tenancy` is set where it is behind an interface of its function's own.
    """

    sandbox: Sandbox
    nameserver: str
    runtime_api: socket.socket
    thread: NamespaceThread
    tenancy: Tenancy | None = None

    @property
    def netns_fd(self) -> int:
        """The descriptor of the network namespace."""
        return self.sandbox.netns_fd

    def listen(self, address: str, port: int) -> socket.socket:
        """The Runtime API's socket, which was opened with the sandbox: only the namespace thread may open one."""
        assert (address, port) == (str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        return self.runtime_api

    async def socket(self) -> socket.socket:
        """A TCP socket inside the namespace."""
        return await self.thread.call(self.sandbox.netns.socket, socket.SOCK_STREAM)

    def close(self) -> None:
        """Let go of the namespace."""
        self.sandbox.close()
        if self.tenancy is not None:
            self.tenancy.end()


@dataclass(frozen=True)
class EchoServer:
    """The internet's other ports, TCP and UDP."""

    stream: Listening
    datagrams: EchoDatagrams

    def close(self) -> None:
        """Stop answering."""
        self.stream.close()
        self.datagrams.close()


Served = Listening | Resolver
Relays = Mapping[tuple[str, int], tuple[str, int]]
"""Where on the host a resource's port is relayed to."""


class Networks:
    """The network of a cloud, running."""

    def __init__(
        self,
        cloud: Cloud,
        thread: NamespaceThread,
        relays: Relays,
        lambda_network: LambdaNetwork,
        options: Options,
        internet: RealInternet | None = None,
    ) -> None:
        self._cloud = cloud
        self._internet = internet
        self._relays = relays
        self._options = options
        self._thread = thread
        self._fabric: Fabric | None = None
        self._served: dict[OpenDoor, Served] = {}
        self._lambda = lambda_network
        self.own_interfaces: SandboxInterfaces | None = None

    async def build(self) -> None:
        """Make every namespace; nothing is served yet."""
        ports: dict[str, tuple[int, ...]] = {}
        for resource_id, port in self._relays:
            ports[resource_id] = (*ports.get(resource_id, ()), port)
        options = replace(self._options, relayed=ports)
        self._fabric = await self._thread.call(Fabric, self._cloud, self._thread.limbo, options)
        self.own_interfaces = self._fabric.sandboxes.own_interfaces()

    async def open(self, porter: Listens) -> None:
        """Serve the doors."""
        for door in self.fabric.doors:
            self._served[door] = await self._serve(door, porter)
        self._prepare()

    async def change(self, cloud: Cloud, porter: Listens) -> None:
        """Become the network of another cloud, and serve the doors that it has."""
        self._cloud = cloud
        await self._thread.call(self.fabric.change, cloud)
        doors = {*self.fabric.doors}
        for door in self._served.keys() - doors:
            self._served.pop(door).close()
        for door in doors - self._served.keys():
            self._served[door] = await self._serve(door, porter)
        for server in self._served.values():
            if isinstance(server, Resolver):
                server.forget()

    async def _serve(self, door: OpenDoor, porter: Listens) -> Served:
        loop = asyncio.get_running_loop()
        if door.purpose is Purpose.ECHO:
            assert door.datagrams is not None
            stream = await self._serve_stream(door, Serving(Echo))
            return EchoServer(stream, EchoDatagrams(loop, door.datagrams))
        if door.purpose is Purpose.DNS:
            assert door.datagrams is not None
            return await serve_dns(loop, door.datagrams, door.socket, partial(self._resolve, door.door))
        if door.purpose is Purpose.RELAY:
            owner = self._cloud.network.network_interfaces[door.owner].owner_id
            return await Relay.serve(door.socket, *self._relays[owner, door.socket.getsockname()[1]])
        tls = door.purpose is Purpose.HTTPS
        if self._is_relayed(door):
            return await self._serve_stream(door, porter.serving(door.door, tls=tls))
        return await porter.listen(door.door, door.socket, tls=tls)

    def _is_relayed(self, door: OpenDoor) -> bool:
        """Whether the real internet may be behind a door."""
        return self._internet is not None and door.door.kind is DoorKind.INTERNET

    async def _serve_stream(self, door: OpenDoor, serving: Serving) -> Listening:
        """Serve a TCP door here; behind the internet's there may be the real one."""
        if self._internet is not None and self._is_relayed(door):
            return RelayingServer(door.socket, self._internet, serving)
        return await serving.listen(door.socket)

    def _resolve(self, door: Door, name: str) -> Answer:
        if door.kind is DoorKind.ON_PREMISES:
            answer = on_premises_names.resolve(self._cloud, name)
        else:
            answer = resolve(self._cloud, door.vpc_id, name)
        host = name.lower().rstrip(".")
        if self._internet and answer.addresses == (host_address(host),) and not is_served(self._cloud, host):
            self._internet.remember(host, str(answer.addresses[0]))
        return answer

    @property
    def fabric(self) -> Fabric:
        """The fabric, once it is built."""
        assert self._fabric is not None
        return self._fabric

    async def attach(self, function: Function) -> SandboxAttachment:
        """Make the network of a new execution environment."""
        attachment = await self._thread.call(self._attach, function)
        self._prepare()
        if attachment.tenancy is not None and attachment.tenancy.made:
            try:
                await asyncio.sleep(self._lambda.eni_seconds)
            except asyncio.CancelledError:  # the caller is gone, and with it the sandbox that was to be
                attachment.close()
                raise
        return attachment

    def _attach(self, function: Function) -> SandboxAttachment:
        tenancy = self._settle(function) if self._lambda.has_own_interfaces(function) else None
        sandbox = tenancy.sandbox if tenancy else self.fabric.sandboxes.attach(function)
        socket_inside = sandbox.listen(str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        return SandboxAttachment(
            sandbox, str(self.fabric.sandboxes.resolver_of(function)), socket_inside, self._thread, tenancy
        )

    def _settle(self, function: Function) -> Tenancy:
        """Put a sandbox behind an interface of its function's own."""
        assert self.own_interfaces is not None
        tenancy = self.own_interfaces.attach(function, blocks_of(self._cloud, function))
        if isinstance(tenancy, Shortage):
            raise refused(tenancy)
        return tenancy

    def _prepare(self) -> None:
        """Have the next attachments made quick while nothing waits for one."""
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, lambda: loop.create_task(self._thread.call(self.fabric.sandboxes.prepare)))

    async def set_unhealthy(self, eni_id: str, targets: frozenset[str]) -> None:
        """Pass nothing on to these targets (`GROUP/ADDRESS:PORT`) at a node of a network load balancer."""
        await self._thread.call(self.fabric.vpcs.set_unhealthy, eni_id, targets)

    async def on_thread(self, call: Callable[[Fabric], T]) -> T:
        """Do something with the fabric on its thread."""
        return await self._thread.call(call, self.fabric)

    async def socket(self, position: Position, kind: int, family: int = socket.AF_INET) -> socket.socket:
        """Open a socket that stands in a position."""
        return await self._thread.call(position.socket, kind, family)

    async def release(self, position: Position) -> None:
        """Give a position up."""
        await self._thread.call(position.release)

    async def close(self) -> None:
        """Stop serving and let go of every namespace."""
        for server in self._served.values():
            server.close()
        if self.own_interfaces is not None:
            await self._thread.call(self.own_interfaces.close)
        if self._fabric is not None:
            await self._thread.call(self._fabric.close)
