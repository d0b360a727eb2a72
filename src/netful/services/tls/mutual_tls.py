"""TLS that asks clients for a certificate, at the names that want one, and at no other.

The ssl module cannot change its mind about asking once a client's greeting is read. So the greeting is read before there is
any TLS, and the name in it decides who speaks: the ssl module, or what asks (services.asking_tls).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from netful.services.tls.client_hello import server_name
from netful.services.tls.sni import remember


@dataclass(frozen=True, slots=True)
class Truststore:
    """The authorities of the clients of a custom domain, as PEM; `domain_id` is the domain's."""

    domain_id: str
    pem: str


class Truststores(Protocol):
    """Which names ask clients for a certificate."""

    def any(self) -> bool:
        """Whether any does."""

    def of(self, name: str) -> Truststore | None:
        """The truststore for a name, None where it does not."""


class ByName(ssl.SSLContext):
    """A server's context that lets the name in a client's greeting decide who asks.

    `truststores` tells who asks: without any this is the ssl module's own context. `ask` makes what speaks to who greets a
    name with a truststore.
    """

    truststores: Truststores
    ask: Callable[[str, Truststore, ssl.MemoryBIO, ssl.MemoryBIO], Any]

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **more: Any) -> Any:
        """What speaks TLS on a connection."""
        if not self.truststores.any():
            return super().wrap_bio(incoming, outgoing, *args, **more)
        return _Greeted(
            self, incoming, outgoing, lambda: super(ByName, self).wrap_bio(incoming, outgoing, *args, **more)
        )


class _Greeted:
    """A connection whose greeting has yet to come; from then on it is what the name in it makes of it."""

    def __init__(
        self, context: ByName, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, plain: Callable[[], ssl.SSLObject]
    ) -> None:
        self._context = context
        self._incoming, self._outgoing = incoming, outgoing
        self._plain = plain
        self._tls: Any = None

    def do_handshake(self) -> None:
        """Go on with the handshake."""
        if self._tls is None:
            self._tls = self._begun()
        self._tls.do_handshake()

    def read(self, *args: Any) -> Any:
        """What has come."""
        return self._tls.read(*args)

    def write(self, data: Any) -> Any:
        """Send data."""
        return self._tls.write(data)

    def pending(self) -> int:
        """How much is there to read at once."""
        return 0 if self._tls is None else int(self._tls.pending())

    def __getattr__(self, name: str) -> Any:
        """All else that a loop asks for."""
        return getattr(self.__dict__["_tls"], name)

    def _begun(self) -> Any:
        data = self._incoming.read()
        if self._incoming.eof:
            raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the client is gone")
        self._incoming.write(data)
        name = server_name(data)
        if name is None:
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the greeting is not whole")
        if name:
            remember(self, name)
        truststore = self._context.truststores.of(name)
        if truststore is None:
            return self._plain()
        return self._context.ask(name, truststore, self._incoming, self._outgoing)
