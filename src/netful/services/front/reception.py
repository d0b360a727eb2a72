"""Acceptance of connections at doors: the certificates of each door, and the door of each connection."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Protocol

from netful.engine.apis import mutual_tls
from netful.engine.trace import certificates
from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.services.deploy.kinds.resource_kinds import hosts_in_use
from netful.services.front.routing import endpoint_of, speaks_http2
from netful.services.http.connection_limits import ConnectionLimits
from netful.services.http.limits import DEFAULT_LIMITS, Limits
from netful.services.http.message import Handler
from netful.services.http.protocol import HttpProtocol
from netful.services.http.serving import Listening, Serving, Tls
from netful.services.http2.negotiation import HTTP1, HTTP2, Negotiated
from netful.services.tls.authority import Authority
from netful.services.tls.mutual_tls import Truststore

_NAMELESS = "internet.invalid"  # shown to a client that sends no server name; it matches no name (RFC 6761)


class Listens(Protocol):
    """A server of doors."""

    async def listen(self, door: Door, sock: socket.socket, *, tls: bool) -> Listening:
        """Serve a listening socket that was opened at a door."""

    def serving(self, door: Door, *, tls: bool) -> Serving:
        """Return how this process itself would serve the connections through a door."""


class Reception:
    """Server of a cloud's doors; it passes every request to `handler`."""

    def __init__(self, cloud: Cloud, authority: Authority, handler: Handler, limits: Limits = DEFAULT_LIMITS) -> None:
        self._cloud = cloud
        self._authority = authority
        self._handler = handler
        self._limits = limits
        self._connection_limits = ConnectionLimits(limits.connections)
        self._service_names = lru_cache(1024)(_certificate_names)

    def change(self, cloud: Cloud) -> None:
        """Show the certificates of another cloud from now on."""
        self._cloud = cloud

    def _protocols(self, name: str) -> tuple[str, ...]:
        """Return the protocols that clients on the internet may speak with a host."""
        return (HTTP2, HTTP1) if speaks_http2(self._cloud, name) else (HTTP1,)

    def ssl_context(self, door: Door) -> ssl.SSLContext:
        """Return a door's certificates: an endpoint has only its service's, the internet has those of any name."""
        endpoint = endpoint_of(self._cloud, door)
        if endpoint is None:
            for host in hosts_in_use(self._cloud):  # so that the first client need not wait
                self._authority.context(self._service_names(host), self._protocols(host))
            return self._authority.context_that_asks((_NAMELESS,), self._service_names, self._protocols, self)
        if door.kind is DoorKind.GATEWAY_ENDPOINT:
            names = service_names.service(endpoint.service).public_names(self._cloud.region)
            return self._authority.context_by_name(names, lambda _name: names)
        own = certificates.of_endpoint(self._cloud, endpoint)
        return self._authority.context_by_name(own, partial(self._names_at_endpoint, door))

    def any(self) -> bool:
        """Return whether any name requires a client certificate."""
        return bool(mutual_tls.domains(self._cloud))

    def of(self, name: str) -> Truststore | None:
        """Return the truststore for clients that request a name; it is empty if its content is not known."""
        domain = mutual_tls.asked_by(self._cloud, name)
        return Truststore(domain.id, self._cloud.apis.truststores.get(domain.id, "")) if domain else None

    def _names_at_endpoint(self, door: Door, asked: str) -> tuple[str, ...]:
        """Return the names on the certificate that a door's endpoint shows for a requested name, which may be a private domain."""
        endpoint = endpoint_of(self._cloud, door)
        return certificates.of_endpoint(self._cloud, endpoint, asked) if endpoint else (asked,)

    def serving(self, door: Door, *, tls: bool) -> Serving:
        """Return the serving of connections through a door."""
        http1 = partial(HttpProtocol, self._handler, door, self._limits, self._connection_limits)
        if not tls:
            return Serving(http1)
        return Serving(
            partial(Negotiated, http1, partial(self._http2, door)), Tls(self.ssl_context(door), self._connection_limits)
        )

    def _http2(self, door: Door) -> asyncio.Protocol:
        from netful.services.http2.protocol import Http2Protocol  # noqa: PLC0415  # slow to import, and not every stack has such clients

        return Http2Protocol(self._handler, door, self._limits, self._connection_limits)

    async def listen(self, door: Door, sock: socket.socket, *, tls: bool) -> Listening:
        """Serve a listening socket that was opened at a door."""
        return await self.serving(door, tls=tls).listen(sock)


def _certificate_names(host: str) -> Iterable[str]:
    """Return the names on the certificate that the internet shows for a host; one certificate has all names of a service."""
    found = service_names.service_of_host(host)
    if found is None:
        return (host,)
    service, region = found
    return service.public_names(region)
