"""A function service on plain namespaces: no VPC, only loopback and the Runtime API's address."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import certifi
import uvloop

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink
from netful.fabric.kernel.thread import NamespaceThread
from netful.functions.code.variables import RUNTIME_API_ADDRESS
from netful.functions.environments.service import FunctionService, FunctionSettings
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Code, Function

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
RUNTIME = f"python{VERSION}"
DRIVER = (sys.executable, "-m", "tests.helpers.lambda_driver")  # in the repository's own folder


class PlainAttachment:
    """A namespace with loopback only."""

    nameserver = "127.0.0.53"
    cut = False
    trace_daemon = None

    def __init__(self, thread: NamespaceThread) -> None:
        self._thread = thread
        self._netns: Netns = thread.run(_make, thread.limbo)
        self.netns_fd = self._netns.fd
        self.closed = False

    def listen(self, address: str, port: int) -> socket.socket:
        return self._thread.run(self._netns.listen, address, port)

    async def socket(self) -> socket.socket:
        return self._thread.run(self._netns.socket, socket.SOCK_STREAM)

    def close(self) -> None:
        self._netns.close()
        self.closed = True


def _make(limbo: int) -> Netns:
    netns = Netns.create(limbo)
    with_links = Rtnetlink(netns)
    with_links.up(LOOPBACK)
    with_links.address(IPv4Address(RUNTIME_API_ADDRESS), LOOPBACK)
    with_links.flush()
    with_links.close()
    return netns


@dataclass
class Bench:
    """Runs test bodies against a service made from inline handlers."""

    state: Path
    thread: NamespaceThread
    attachments: list[PlainAttachment] = field(default_factory=list)

    async def attach(self, _function: Function) -> PlainAttachment:
        self.attachments.append(PlainAttachment(self.thread))
        return self.attachments[-1]

    def run(
        self,
        source: str | Function,
        body: Callable[[FunctionService], Awaitable[Any]],
        concurrency: int = 1000,
        resources: Mapping[str, Resource] | None = None,
        others: Mapping[str, str | Function] | None = None,
        network: Mapping[str, Any] | None = None,
        eni_seconds: float = 0.0,
        **changes: Any,
    ) -> Any:
        """Run a body against a service with the function `Fn`, on uvloop; `network` are parts of its cloud.

        `others` are further functions, or their sources, by id.
        """
        function = function_of(source) if isinstance(source, str) else source
        functions = {"Fn": replace(function, **changes)}
        for name, other in (others or {}).items():
            further = function_of(other) if isinstance(other, str) else other
            functions[name] = replace(further, id=name, function_name=name.lower())
        cloud = Cloud.of(region="eu-west-1", functions=functions, resources=resources or {}, **(network or {}))
        cloud = allocate(cloud)

        async def main() -> Any:
            settings = FunctionSettings(
                ca_bundle=Path(certifi.where()),
                java_trust=Path(certifi.where()),
                concurrency=concurrency,
                eni_seconds=eni_seconds,
            )
            service = FunctionService(cloud, self.attach, self.state, settings)
            await service.start()
            try:
                return await asyncio.wait_for(body(service), 180)
            finally:
                await service.close()

        return uvloop.run(main())

    def invoke(self, source: str | Function, payload: bytes = b"", **changes: Any) -> Any:
        """Invoke once: the invocation, and the whole log."""

        async def body(service: FunctionService) -> Any:
            invocation = await service.invoke("Fn", payload)
            return invocation, service.logs("Fn").text

        return self.run(source, body, **changes)


def function_of(source: str) -> Function:
    """Return a function that has all the time that a machine under load needs."""
    return Function("Fn", "my-fn", Code(inline=source), handler="index.handler", runtime=RUNTIME, timeout=30)
