"""The running network: the fabric, on its own thread."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from netful.engine.tasks.places import as_placed
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.options import Options
from netful.fabric.kernel.thread import NamespaceThread
from netful.fabric.lambda_network.egress import RUNTIME_API_ADDRESS, Sandbox
from netful.fabric.lambda_network.sandbox_interfaces import SandboxInterfaces, Shortage, Tenancy
from netful.fabric.position import Position
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function
from netful.stack.network.lambda_network import LambdaNetwork, blocks_of, refused
from netful.stack.running_cloud import Part

RUNTIME_API_PORT = 9001
TRACE_PORT = 2000

T = TypeVar("T")


class SandboxAttachment(Frozen, dict=True):
    """Network of an execution environment: its namespace, its resolver, and the Runtime API's socket in it.

    `tenancy` is set if the function has interfaces of its own.
    """

    sandbox: Sandbox
    nameserver: str
    runtime_api: socket.socket
    thread: NamespaceThread
    tenancy: Tenancy | None = None
    trace_daemon: socket.socket | None = None

    @property
    def netns_fd(self) -> int:
        """The descriptor of the network namespace."""
        return self.sandbox.netns_fd

    def listen(self, address: str, port: int) -> socket.socket:
        """Return the Runtime API's socket. It was opened with the sandbox, because only the namespace thread may open one."""
        assert (address, port) == (str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        return self.runtime_api

    async def socket(self) -> socket.socket:
        """Return a new TCP socket inside the namespace."""
        return await self.thread.make(socket.socket.close, self.sandbox.netns.socket, socket.SOCK_STREAM)

    @property
    def cut(self) -> bool:
        """Return whether the interface that the sandbox sends through is gone."""
        return self.sandbox.cut

    def close(self) -> None:
        """Release the namespace."""
        self.sandbox.close()
        if self.tenancy is not None:
            self.tenancy.end()


def _detach(attachment: SandboxAttachment) -> None:
    attachment.close()
    attachment.runtime_api.close()
    if attachment.trace_daemon is not None:
        attachment.trace_daemon.close()


class Networks(Part):
    """The network of a cloud, running on its own thread. `disrupted` gives the cloud with the faults that are in force."""

    def __init__(self, cloud: Cloud, lambda_network: LambdaNetwork, options: Options) -> None:
        self._cloud = cloud
        self._options = options
        self._thread: NamespaceThread
        self._fabric: Fabric | None = None
        self._ending = AsyncExitStack()
        self._lambda = lambda_network
        self.own_interfaces: SandboxInterfaces | None = None
        self.disrupted: Callable[[Cloud], Cloud] = lambda cloud: cloud

    async def start(self) -> None:
        """Make every namespace. `ServedDoors` serves the doors in them."""
        self._thread = NamespaceThread()
        self._ending.push_async_callback(asyncio.to_thread, self._thread.close)
        self._fabric = await self._thread.call(Fabric, as_placed(self._cloud), self._thread.limbo, self._options)
        self._ending.push_async_callback(self._thread.call, self._fabric.close)
        self.own_interfaces = self._fabric.sandboxes.own_interfaces()
        self._ending.push_async_callback(self._thread.call, self.own_interfaces.close)
        self._prepare()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Become the network of another cloud. What is the same in both clouds keeps its connections."""
        self._cloud = cloud
        await self._thread.call(self.fabric.change, as_placed(self.disrupted(cloud)))

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
            except asyncio.CancelledError:  # the caller is gone, so no sandbox will use this attachment
                attachment.close()
                raise
        return attachment

    def _attach(self, function: Function) -> SandboxAttachment:
        tenancy = self._settle(function) if self._lambda.has_own_interfaces(function) else None
        sandbox = tenancy.sandbox if tenancy else self.fabric.sandboxes.attach(function)
        socket_inside = sandbox.listen(str(RUNTIME_API_ADDRESS), RUNTIME_API_PORT)
        nameserver = str(self.fabric.sandboxes.resolver_of(function))
        daemon = sandbox.netns.datagrams(RUNTIME_API_ADDRESS, TRACE_PORT) if self._lambda.traced else None
        return SandboxAttachment(sandbox, nameserver, socket_inside, self._thread, tenancy, daemon)

    def _settle(self, function: Function) -> Tenancy:
        """Put a sandbox behind an interface of its function's own."""
        assert self.own_interfaces is not None
        tenancy = self.own_interfaces.attach(function, blocks_of(self._cloud, function))
        if isinstance(tenancy, Shortage):
            raise refused(tenancy)
        return tenancy

    def _prepare(self) -> None:
        """Prepare the next attachments while no caller waits for one."""
        asyncio.get_running_loop().call_later(0.005, self._prepare_now)

    def _prepare_now(self) -> None:
        if self._fabric is not None:
            self._thread.submit(self._fabric.sandboxes.prepare)

    async def set_unhealthy(self, eni_id: str, targets: frozenset[str]) -> None:
        """Stop a node of a network load balancer from forwarding to these targets (`GROUP/ADDRESS:PORT`)."""
        await self._thread.call(self.fabric.vpcs.set_unhealthy, eni_id, targets)

    async def on_thread(self, call: Callable[[Fabric], T]) -> T:
        """Call a function with the fabric, on its thread."""
        return await self._thread.call(call, self.fabric)

    async def make(self, call: Callable[[Fabric], T], dispose: Callable[[T], object]) -> T:
        """Make a thing with the fabric, on its thread. `dispose` receives it if the caller is cancelled meanwhile."""
        return await self._thread.make(dispose, call, self.fabric)

    async def interface(self, eni_id: str) -> Position:
        """Return the place of an interface of the template. Raises StackError if nothing can run there."""
        return await self._thread.call(lambda: self.fabric.positions.interface(eni_id))

    async def listen(self, position: Position, port: int) -> socket.socket:
        """Open a listening TCP socket at the address of a position."""
        return await self._thread.make(socket.socket.close, position.netns.listen, position.address, port)

    async def stand(self, call: Callable[[Fabric], Position]) -> Position:
        """Make a position. The caller has to release it."""
        return await self.make(call, lambda position: position.release())

    async def finish(self, call: Callable[[], T]) -> T:
        """Run a call on the fabric's thread to its end, even if the caller is cancelled meanwhile."""
        return await self._thread.finish(call)

    async def socket(self, position: Position, kind: int, family: int = socket.AF_INET) -> socket.socket:
        """Open a socket in a position."""
        return await self._thread.make(socket.socket.close, position.socket, kind, family)

    async def release(self, position: Position) -> None:
        """Release a position."""
        await self.finish(position.release)

    async def close(self) -> None:
        """Release every namespace, and end the thread."""
        self._fabric = None
        await self._ending.aclose()
