"""The Runtime API, version 2018-06-01: the server that a sandbox's runtime talks to (lambda §3.2).

One `RuntimeApi` an execution environment. It is a small state machine:

| state | allowed | leads to |
|---|---|---|
| STARTING | next | READY |
| | init/error | FAILED |
| READY | `deliver` | BUSY |
| BUSY | response or error, with the id of the event | ANSWERED |
| ANSWERED | next | READY |

Anything else gets 403 `InvalidStateTransition`. `settle` is called once for the end of an init (`Ready`, `Answer` with an
error) and once for each event (`Answer`). Answers leave in one write each, with Nagle's algorithm off (41 ms otherwise).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

import httptools

from netful.functions.faults import MAX_RESPONSE

_PREFIX = b"/2018-06-01/runtime/"
_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
}
_ERROR_TYPE_HEADER = b"lambda-runtime-function-error-type"
_OK = b'{"status":"OK"}\n'


class State(Enum):
    """Where a runtime is."""

    STARTING = auto()
    READY = auto()
    BUSY = auto()
    ANSWERED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """What a runtime gets to work on."""

    request_id: str
    payload: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """An init ended: the runtime asks for its first event."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A runtime's report: `error_type` is empty for a response. `too_large`: the body was thrown away."""

    payload: bytes
    error_type: str = ""
    too_large: bool = False


class RuntimeApi:
    """The Runtime API of one execution environment."""

    def __init__(self, settle: Callable[[Ready | Answer], None], on_ready: Callable[[], None]) -> None:
        self.state = State.STARTING
        self._settle = settle
        self._on_ready = on_ready
        self._request_id = ""
        self._waiting: _Connection | None = None
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket inside the sandbox's network namespace."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), sock=listener)

    def restart(self) -> None:
        """Forget the runtime: another one will start in the same environment."""
        self.state = State.STARTING
        self._waiting = None

    def deliver(self, event: Event) -> None:
        """Give an event to the waiting runtime. One that has just hung up gets nothing: its end will be told."""
        assert self.state is State.READY
        waiting, self._waiting = self._waiting, None
        self.state = State.BUSY
        self._request_id = event.request_id
        if waiting is not None:
            waiting.answer(200, event.payload, _event_headers(event))

    def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()

    def opened(self, connection: _Connection) -> None:
        """A connection was made."""
        self._connections.add(connection)

    def closed(self, connection: _Connection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        if connection is self._waiting:
            self._waiting = None

    def handle(self, connection: _Connection, method: bytes, path: bytes, error_type: str, body: bytes | None) -> None:
        """Serve one request; `body` is None when it was longer than a response may be."""
        if path == b"/ping":
            connection.answer(200, b"pong")
            return
        match path.removeprefix(_PREFIX).split(b"/"):
            case [b"invocation", b"next"] if method == b"GET":
                self._next(connection)
            case [b"invocation", request_id, b"response"] if method == b"POST":
                self._report(connection, request_id, body, "")
            case [b"invocation", request_id, b"error"] if method == b"POST":
                self._report(connection, request_id, body, error_type or "Unhandled")
            case [b"init", b"error"] if method == b"POST":
                self._init_error(connection, body, error_type or "Unhandled")
            case _:
                connection.refuse(404, "NotFound", "not found")

    def _next(self, connection: _Connection) -> None:
        if self.state in {State.BUSY, State.FAILED}:
            connection.refuse(
                403, "InvalidStateTransition", f"Transition from {self.state.name} to READY is not allowed"
            )
            return
        self._waiting = connection
        before, self.state = self.state, State.READY
        if before is State.STARTING:
            self._settle(Ready())
        elif before is State.ANSWERED:
            self._on_ready()

    def _report(self, connection: _Connection, request_id: bytes, body: bytes | None, error_type: str) -> None:
        if request_id.decode("latin-1") != self._request_id:
            connection.refuse(400, "InvalidRequestID", "Invalid request ID")
        elif self.state is not State.BUSY:
            connection.refuse(403, "InvalidStateTransition", f"Transition from {self.state.name} is not allowed")
        elif body is None:
            self.state = State.ANSWERED
            message = f"Exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
            connection.refuse(413, "RequestEntityTooLarge", message)
            self._settle(Answer(b"", too_large=True))
        else:
            self.state = State.ANSWERED
            connection.answer(202, _OK)
            self._settle(Answer(body, error_type))

    def _init_error(self, connection: _Connection, body: bytes | None, error_type: str) -> None:
        if self.state is not State.STARTING:
            connection.refuse(403, "InvalidStateTransition", f"Transition from {self.state.name} is not allowed")
            return
        self.state = State.FAILED
        connection.answer(202, _OK)
        self._settle(Answer(body or b"", error_type))


def _event_headers(event: Event) -> str:
    context = f"Lambda-Runtime-Client-Context: {event.client_context}\r\n" if event.client_context else ""
    return (
        f"Lambda-Runtime-Aws-Request-Id: {event.request_id}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {event.deadline_ms}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: {event.function_arn}\r\n"
        f"Lambda-Runtime-Trace-Id: {event.trace_id}\r\n{context}"
    )


class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection of a sandbox."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._begin()

    def _begin(self) -> None:
        self._path = b""
        self._error_type = ""
        self._chunks: list[bytes] = []
        self._size = 0

    def answer(self, status: int, body: bytes, headers: str = "") -> None:
        """Write a response, whole."""
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{headers}\r\n"
        )
        if self._transport is not None:
            self._transport.write(head.encode("latin-1", "replace") + body)

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Write an error response."""
        self.answer(status, f'{{"errorMessage":"{message}","errorType":"{error_type}"}}'.encode())

    def abort(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not asyncio's classes
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._api.opened(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """asyncio: it is gone."""
        self._transport = None
        self._api.closed(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes came."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.refuse(400, "BadRequest", "not HTTP/1.1")
            self.abort()

    def on_url(self, url: bytes) -> None:
        """httptools: a piece of the path."""
        self._path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: a header."""
        if name.lower() == _ERROR_TYPE_HEADER:
            self._error_type = value.decode("latin-1")

    def on_body(self, data: bytes) -> None:
        """httptools: a piece of the body."""
        self._size += len(data)
        if self._size <= MAX_RESPONSE:
            self._chunks.append(data)
        else:
            self._chunks.clear()

    def on_message_complete(self) -> None:
        """httptools: a request is whole."""
        body = b"".join(self._chunks) if self._size <= MAX_RESPONSE else None
        path, error_type = self._path, self._error_type
        self._begin()
        self._api.handle(self, self._parser.get_method(), path, error_type, body)
