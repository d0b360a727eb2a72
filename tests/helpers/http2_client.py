"""A client of HTTP/2 on the loopback, and a server for it: netful's, as it is behind a door."""

import asyncio
import contextlib
import socket
import ssl
from collections import defaultdict
from functools import partial

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.connection_limits import ConnectionLimits
from netful.services.http.limits import Limits
from netful.services.http.protocol import HttpProtocol
from netful.services.http.serving import Serving, Tls
from netful.services.http2.negotiation import HTTP1, HTTP2, Negotiated
from netful.services.http2.protocol import Http2Protocol
from netful.services.tls.authority import Authority
from tests.helpers.processes import ENOUGH_SECONDS

NAME = "localhost"
DOOR = Door(DoorKind.INTERNET)


class Server:
    """A port where a handler answers, and the certificates that a client needs."""

    def __init__(self, folder, port):
        self.port = port
        self.trust = ssl.create_default_context(cafile=Authority(folder).bundle)

    async def open(self, *protocols):
        """Connect by TLS, and offer protocols."""
        self.trust.set_alpn_protocols(protocols or [HTTP2])
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, server_hostname=NAME)


@contextlib.asynccontextmanager
async def serving(folder, handler, limits=Limits()):  # noqa: B008  # frozen
    """A server of both protocols."""
    crowd = ConnectionLimits()
    tls = Authority(folder).context_by_name((NAME,), lambda name: (name,), lambda _name: (HTTP2, HTTP1))
    protocols = (partial(one, handler, DOOR, limits, crowd) for one in (HttpProtocol, Http2Protocol))
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as uvloop does
    listening = await Serving(partial(Negotiated, *protocols), Tls(tls, crowd)).listen(sock)
    try:
        yield Server(folder, sock.getsockname()[1])
    finally:
        listening.close()


class Client:
    """A connection: requests on it, and what has come back for each stream."""

    def __init__(self, reader, writer):
        self.http = H2Connection(H2Configuration(header_encoding="utf-8", validate_outbound_headers=False))
        self.http.initiate_connection()
        self._reader, self._writer = reader, writer
        self.heads, self.bodies, self.resets = {}, defaultdict(bytes), {}
        self.ended, self.goaway, self.takes = set(), None, True

    def flush(self):
        """Send what h2 has written."""
        self._writer.write(self.http.data_to_send())

    def ask(self, path="/", *more, method="GET", host=NAME, body=None, send=True):
        """Send a request, without its body if that is to be sent later; return its stream."""
        stream = self.http.get_next_available_stream_id()
        control = [(":method", method), (":scheme", "https"), (":authority", host), (":path", path)]
        self.http.send_headers(stream, [*control, *more], end_stream=body is None)
        if send:
            self.flush()
        return stream

    async def until(self, condition):
        """Read until a condition holds; fail where the server ends before."""
        self.flush()
        while not condition():
            data = await asyncio.wait_for(self._reader.read(1 << 16), ENOUGH_SECONDS)
            assert data, "the server has ended the connection"
            for event in self.http.receive_data(data):
                self._take(event)
            self.flush()

    def _take(self, event):
        if isinstance(event, ResponseReceived):
            self.heads[event.stream_id] = dict(event.headers)
        elif isinstance(event, DataReceived):
            self.bodies[event.stream_id] += event.data
            if self.takes:
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self.ended.add(event.stream_id)
        elif isinstance(event, StreamReset):
            self.resets[event.stream_id] = event.error_code
        elif isinstance(event, ConnectionTerminated):
            self.goaway = event.error_code

    async def answer(self, stream):
        """Return status, headers and body."""
        await self.until(lambda: stream in self.ended)
        head = self.heads[stream]
        return int(head[":status"]), head, self.bodies[stream]

    async def upload(self, stream, body):
        """Send a body as the server's windows open."""
        while body:
            await self.until(lambda: self.http.local_flow_control_window(stream))
            size = min(len(body), self.http.local_flow_control_window(stream), self.http.max_outbound_frame_size)
            self.http.send_data(stream, body[:size], end_stream=size == len(body))
            self.flush()
            body = body[size:]

    def close(self):
        """Go away without a word."""
        self._writer.transport.abort()
