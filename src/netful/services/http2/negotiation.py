"""Choice of a connection's protocol by what TLS has negotiated (ALPN, RFC 7301)."""

import asyncio
from collections.abc import Callable
from typing import cast

HTTP1, HTTP2 = "http/1.1", "h2"


class Negotiated(asyncio.Protocol):
    """Protocol of a connection until its handshake is complete: then that of HTTP/2, or that of HTTP/1."""

    def __init__(self, http1: Callable[[], asyncio.Protocol], http2: Callable[[], asyncio.Protocol]) -> None:
        self._http1 = http1
        self._http2 = http2

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the negotiated protocol serve the connection."""
        tls = transport.get_extra_info("ssl_object")
        protocol = self._http2() if tls.selected_alpn_protocol() == HTTP2 else self._http1()
        cast("asyncio.Transport", transport).set_protocol(protocol)
        protocol.connection_made(transport)
