"""What stands behind every HTTP and HTTPS door: the right certificate, and the right service for each request.

`handlers` take services from the back ends: netful's own Lambda and API Gateway answer for themselves. `known` is asked
before all: what API Gateway has seen the like of needs no second look.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import lru_cache, partial

from netful.engine import certificates
from netful.fabric.door import Door, DoorKind
from netful.model import catalog
from netful.model.cloud import Cloud
from netful.services.authority import Authority
from netful.services.backend import Backends
from netful.services.crowd import Crowd
from netful.services.guard import Guard
from netful.services.internet import internet_answer
from netful.services.limits import DEFAULT_LIMITS, Limits
from netful.services.message import Handler, Request, Response
from netful.services.protocol import HttpProtocol
from netful.services.routing import InternetRoute, endpoint_of, hosts_in_use, route
from netful.services.signature import Signer

_NAMELESS = "internet.invalid"  # the certificate of a server that was asked for no name: it fits none (RFC 6761)
_HANDSHAKE_SECONDS = 20.0

Known = Callable[[Request], Response | Awaitable[Response] | None]
"""Answers a request that is like one which was led to its service, and let through, before; None for any other."""


class Front:
    """Serves the doors of a stack."""

    def __init__(
        self,
        cloud: Cloud,
        authority: Authority,
        backends: Backends,
        handlers: Mapping[str, Handler] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        signers: Mapping[str, Signer] | None = None,
        known: Known = lambda _request: None,
    ) -> None:
        self._cloud = cloud
        self._guard = Guard(cloud, signers or {})
        self._authority = authority
        self._backends = backends
        self._handlers = handlers or {}
        self._limits = limits
        self._service_names = lru_cache(1024)(_certificate_names)
        self._known = known
        self._crowd = Crowd(limits.connections)

    def change(self, cloud: Cloud, signers: Mapping[str, Signer]) -> None:
        """Answer for another cloud from now on."""
        self._cloud = cloud
        self._guard = Guard(cloud, signers)

    def protocol_factory(self, door: Door) -> Callable[[], HttpProtocol]:
        """What `loop.create_server` makes a connection of, for a door."""
        return lambda: HttpProtocol(self.answer, door, self._limits, self._crowd)

    def ssl_context(self, door: Door) -> ssl.SSLContext:
        """A door's certificates: an endpoint shows its service's alone, the internet those of any name."""
        endpoint = endpoint_of(self._cloud, door)
        if endpoint is None:
            for host in hosts_in_use(self._cloud):  # so that the first to call it need not wait
                self._authority.context(self._service_names(host))
            return self._authority.context_by_name((_NAMELESS,), self._service_names)
        if door.kind is DoorKind.GATEWAY_ENDPOINT:
            names = catalog.service(endpoint.service).public_names(self._cloud.region)
            return self._authority.context_by_name(names, lambda _name: names)
        own = certificates.of_endpoint(self._cloud, endpoint)
        return self._authority.context_by_name(own, partial(self._names_at_endpoint, door))

    def _names_at_endpoint(self, door: Door, asked: str) -> tuple[str, ...]:
        """The certificate that the endpoint of a door shows to who asks for a name; it may be a private domain's."""
        endpoint = endpoint_of(self._cloud, door)
        return certificates.of_endpoint(self._cloud, endpoint, asked) if endpoint else (asked,)

    async def listen(self, door: Door, sock: socket.socket, *, tls: bool) -> asyncio.Server:
        """Serve a listening socket that was opened at a door."""
        loop = asyncio.get_running_loop()
        factory = self.protocol_factory(door)
        if not tls:
            return await loop.create_server(factory, sock=sock)
        context = self.ssl_context(door)
        return await loop.create_server(factory, sock=sock, ssl=context, ssl_handshake_timeout=_HANDSHAKE_SECONDS)

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request that came through any door, at once where nothing has to be waited for."""
        return self._known(request) or self.handle(request)

    async def handle(self, request: Request) -> Response:
        """Answer a request that came through any door."""
        found = route(self._cloud, request)
        if isinstance(found, InternetRoute):
            return internet_answer(request)
        refused = self._guard.refusal(found, request)
        if refused is not None:
            return refused
        handler = self._handlers.get(found.service.code)
        if handler is not None:
            answer = handler(request)
            return answer if isinstance(answer, Response) else await answer
        return await self._backends.call_host(found.host, request)


def _certificate_names(host: str) -> Iterable[str]:
    """The names on the certificate that the internet shows for a host: a service's are all on one."""
    found = catalog.service_of_host(host)
    if found is None:
        return (host,)
    service, region = found
    return service.public_names(region)
