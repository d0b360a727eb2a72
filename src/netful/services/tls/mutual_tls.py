"""TLS that requires a client certificate only at the names that need one.

The ssl module cannot change this requirement after it has read the ClientHello. So the ClientHello is read before TLS
starts, and its server name selects the implementation: the ssl module, or `services.tls.client_certificate_tls`.
"""

import ssl
from collections.abc import Callable
from typing import Any, Protocol

from netful.fabric.firewalls.client_hello import server_name
from netful.model.core import Frozen
from netful.services.tls.sni import remember


class Truststore(Frozen):
    """The client authorities of a custom domain, as PEM; `domain_id` is the domain's."""

    domain_id: str
    pem: str


class Truststores(Protocol):
    """The truststores of server names."""

    def any(self) -> bool:
        """Return whether any name has a truststore."""

    def of(self, name: str) -> Truststore | None:
        """Return the truststore of a name, None if it has none."""


class ByName(ssl.SSLContext):
    """A server context that requires a client certificate by the server name in a ClientHello.

    Without `truststores` this is the ssl module's own context. `ask` makes the TLS object for a name with a truststore.
    """

    truststores: Truststores
    ask: Callable[[str, Truststore, ssl.MemoryBIO, ssl.MemoryBIO], Any]

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **more: Any) -> Any:
        """Return the TLS object of a connection."""
        if not self.truststores.any():
            return super().wrap_bio(incoming, outgoing, *args, **more)
        return _Greeted(
            self, incoming, outgoing, lambda: super(ByName, self).wrap_bio(incoming, outgoing, *args, **more)
        )


class _Greeted:
    """A connection that waits for its ClientHello, and then uses the implementation that the server name selects."""

    def __init__(
        self, context: ByName, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, plain: Callable[[], ssl.SSLObject]
    ) -> None:
        self._context = context
        self._incoming, self._outgoing = incoming, outgoing
        self._plain = plain
        self._tls: Any = None

    def do_handshake(self) -> None:
        """Continue the handshake."""
        if self._tls is None:
            self._tls = self._begun()
        self._tls.do_handshake()

    def read(self, *args: Any) -> Any:
        """Return received data."""
        return self._tls.read(*args)

    def write(self, data: Any) -> Any:
        """Send data."""
        return self._tls.write(data)

    def pending(self) -> int:
        """Return the number of bytes that can be read at once."""
        return 0 if self._tls is None else int(self._tls.pending())

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute that an event loop uses."""
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
