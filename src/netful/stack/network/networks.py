"""The running network: the fabric on its thread."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TypeVar

from netful.fabric.fabric import Fabric
from netful.fabric.kernel.options import Options
from netful.fabric.kernel.thread import NamespaceThread
from netful.fabric.lambda_network.egress import RUNTIME_API_ADDRESS, Sandbox
from netful.fabric.lambda_network.sandbox_interfaces import SandboxInterfaces, Shortage, Tenancy
from netful.fabric.position import Position
from netful.model.cloud import Cloud
from netful.model.functions.function import Function
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
        return await self.thread.make(socket.socket.close, self.sandbox.netns.socket, socket.SOCK_STREAM)

    @property
    def cut(self) -> bool:
        """Whether the interface that the sandbox leaves by is gone."""
        return self.sandbox.cut

    def close(self) -> None:
        """Let go of the namespace."""
        self.sandbox.close()
        if self.tenancy is not None:
            self.tenancy.end()


def _detach(attachment: SandboxAttachment) -> None:
    attachment.close()
    attachment.runtime_api.close()


Relays = Mapping[tuple[str, int], tuple[str, int]]
"""Where on the host a resource's port is relayed to."""


class Networks:
    """The network of a cloud, running on a thread of its own."""

    def __init__(self, cloud: Cloud, relays: Relays, lambda_network: LambdaNetwork, options: Options) -> None:
        ports: dict[str, tuple[int, ...]] = {}
        for resource_id, port in relays:
            ports[resource_id] = (*ports.get(resource_id, ()), port)
        self._cloud = cloud
        self._options = replace(options, relayed=ports)
        self._thread: NamespaceThread
        self._fabric: Fabric | None = None
        self._ending = AsyncExitStack()
        self._lambda = lambda_network
        self.own_interfaces: SandboxInterfaces | None = None

    async def start(self) -> None:
        """Make every namespace; `ServedDoors` serves the doors in them."""
        self._thread = NamespaceThread()
        self._ending.push_async_callback(asyncio.to_thread, self._thread.close)
        self._fabric = await self._thread.call(Fabric, self._cloud, self._thread.limbo, self._options)
        self._ending.push_async_callback(self._thread.call, self._fabric.close)
        self.own_interfaces = self._fabric.sandboxes.own_interfaces()
        self._ending.push_async_callback(self._thread.call, self.own_interfaces.close)
        self._prepare()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Become the network of another cloud; what is the same in both keeps its connections."""
        self._cloud = cloud
        await self._thread.call(self.fabric.change, cloud)

    @property
    def fabric(self) -> Fabric:
        """The fabric, once it is built."""
        assert self._fabric is not None
        return self._fabric

    async def attach(self, function: Function) -> SandboxAttachment:
        """Make the network of a new execution environment."""
        attachment = await self._thread.make(_detach, self._attach, function)
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
        nameserver = str(self.fabric.sandboxes.resolver_of(function))
        return SandboxAttachment(sandbox, nameserver, socket_inside, self._thread, tenancy)

    def _settle(self, function: Function) -> Tenancy:
        """Put a sandbox behind an interface of its function's own."""
        assert self.own_interfaces is not None
        tenancy = self.own_interfaces.attach(function, blocks_of(self._cloud, function))
        if isinstance(tenancy, Shortage):
            raise refused(tenancy)
        return tenancy

    def _prepare(self) -> None:
        """Have the next attachments made quick while nothing waits for one."""
        asyncio.get_running_loop().call_later(0.005, self._prepare_now)

    def _prepare_now(self) -> None:
        if self._fabric is not None:
            self._thread.submit(self._fabric.sandboxes.prepare)

    async def set_unhealthy(self, eni_id: str, targets: frozenset[str]) -> None:
        """Pass nothing on to these targets (`GROUP/ADDRESS:PORT`) at a node of a network load balancer."""
        await self._thread.call(self.fabric.vpcs.set_unhealthy, eni_id, targets)

    async def on_thread(self, call: Callable[[Fabric], T]) -> T:
        """Do something with the fabric on its thread."""
        return await self._thread.call(call, self.fabric)

    async def make(self, call: Callable[[Fabric], T], dispose: Callable[[T], object]) -> T:
        """Make something of the fabric on its thread; `dispose` gets it where the caller is cancelled meanwhile."""
        return await self._thread.make(dispose, call, self.fabric)

    async def stand(self, call: Callable[[Fabric], Position]) -> Position:
        """Make a position; to be released."""
        return await self.make(call, lambda position: position.release())

    async def finish(self, call: Callable[[], T]) -> T:
        """Do something on the fabric's thread to its end, also where the caller is cancelled meanwhile."""
        return await self._thread.finish(call)

    async def socket(self, position: Position, kind: int, family: int = socket.AF_INET) -> socket.socket:
        """Open a socket in a position."""
        return await self._thread.make(socket.socket.close, position.socket, kind, family)

    async def release(self, position: Position) -> None:
        """Give a position up."""
        await self.finish(position.release)

    async def close(self) -> None:
        """Let go of every namespace, and end the thread."""
        self._fabric = None
        await self._ending.aclose()
