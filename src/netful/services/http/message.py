"""HTTP request with its connection, and the response to it.

Header names and values are text decoded as ISO-8859-1, so that every byte of the client is kept (RFC 9110 §5.5).
Requests and responses are never changed. They are not frozen because making a frozen one costs as much as parsing it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from netful.fabric.doors.door import Door
from netful.model.apis.client_certificate import ClientCertificate
from netful.model.core import Frozen

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Names as they were written, in their order, with repetitions."""

Address: TypeAlias = tuple[str, int]


class ClientConnection(Frozen):
    """Facts about a client from its socket, which no request can forge.

    `server` is the address that the client connected to, also behind a door that serves a whole prefix.
    `sni` is the server name in its TLS ClientHello, None without TLS or without a name. `client_certificate` is the
    certificate that it showed if one was required.
    """

    door: Door
    client: Address
    server: Address
    tls: bool = False
    sni: str | None = None
    client_certificate: ClientCertificate | None = None


def first_values(headers: Headers) -> dict[str, str]:
    """Return the first value of each header, by its name in lower case."""
    return {name.lower(): value for name, value in reversed(headers)}


@dataclass(slots=True)
class Request:
    """A complete request. `target` is as on the request line; `host` is the Host header or a target's authority."""

    method: str
    target: str
    headers: Headers
    body: bytes
    connection: ClientConnection
    version: str = "1.1"
    _first: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)
    kept: tuple[Any, Any] | None = field(default=None, init=False, repr=False, compare=False)
    """A handler's mark, and the value that it keeps with a request, which a client may repeat."""

    def __reduce__(self) -> tuple[type[Request], tuple[object, ...]]:
        """Return what another process needs of the request."""
        return Request, (self.method, self.target, self.headers, self.body, self.connection, self.version)

    def knowing(self, first: dict[str, str]) -> Request:
        """Return the request with its `first_values`, which then need not be computed."""
        self._first = first
        return self

    def asking(self, method: str, target: str) -> Request:
        """Return the same request with another method or target."""
        other = Request(method, target, self.headers, self.body, self.connection, self.version)
        return other.knowing(self.first)

    @property
    def first(self) -> dict[str, str]:
        """First value of each header, by its name in lower case."""
        if self._first is None:
            self._first = first_values(self.headers)
        return self._first

    def header(self, name: str, default: str = "") -> str:
        """Return the first value of a header, by a lower-case name."""
        return self.first.get(name, default)

    @property
    def protocol(self) -> str:
        """Protocol in events and logs of AWS: HTTP/2 ends before API Gateway, which sees HTTP/1.1 (newer-aws §4.4)."""
        return "HTTP/1.1" if self.version == "2.0" else f"HTTP/{self.version}"

    @property
    def authority(self) -> str:
        """Host and port in the request: of an absolute target, else the Host header (RFC 9112 §3.2)."""
        scheme, separator, rest = self.target.partition("://")
        if separator and scheme.lower() in {"http", "https"}:
            return rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return self.header("host")

    @property
    def host(self) -> str:
        """Host in the request, in lower case, without port and trailing dot."""
        authority = self.authority.strip().lower()
        if authority.startswith("["):
            return authority[1:].partition("]")[0]
        return authority.partition(":")[0].rstrip(".")

    @property
    def path_and_query(self) -> str:
        """Target in origin form, with its encoding unchanged."""
        if self.target.startswith("/"):
            return self.target
        _, separator, rest = self.target.partition("://")
        if not separator:
            return "/"
        start = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
        found = rest[start:]
        return found if found.startswith("/") else "/" + found

    @property
    def path(self) -> str:
        """Path of the target, with its encoding unchanged."""
        return self.path_and_query.partition("?")[0]

    @property
    def query(self) -> str:
        """Part of the target after the question mark."""
        return self.path_and_query.partition("?")[2]


@dataclass(slots=True)
class Response:
    """A complete response; `Content-Length` is added when it is sent.

    `own` are headers that no other response has, such as its id. The common part of responses is encoded once.
    `takes_over` makes the protocol that continues on the connection after a 101. `stream` replaces the body if it is sent in
    pieces; only a handler that is awaited may return one.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    own: Headers = ()
    takes_over: Callable[[], asyncio.Protocol] | None = None
    stream: AsyncIterator[bytes] | None = None

    def __reduce__(self) -> tuple[type[Response], tuple[object, ...]]:
        """Return what another process can have of the response: not what follows it."""
        return Response, (self.status, self.headers, self.body, self.own)

    def header(self, name: str, default: str = "") -> str:
        """Return the first value of a header, by a lower-case name."""
        return next((value for key, value in (*self.headers, *self.own) if key.lower() == name), default)


Handler: TypeAlias = Callable[[Request], Response | Awaitable[Response]]
"""Answers a request of a protocol; an exception becomes a 500. It returns an awaitable only if it has to wait."""
