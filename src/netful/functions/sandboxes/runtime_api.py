"""Runtime API, version 2018-06-01: the server for the runtime of a sandbox (lambda §3.2).

Each execution environment has one `RuntimeApi`, a small state machine:

| state | allowed | next state |
|---|---|---|
| STARTING | next | READY |
| | restore/next, of a version with SnapStart | STARTING |
| | init/error, restore/error | FAILED |
| READY | `deliver` | BUSY |
| BUSY | response or error, with the id of the event | ANSWERED |
| | a response with `Lambda-Runtime-Function-Response-Mode: streaming` | STREAMING, then ANSWERED |
| ANSWERED | next | READY |

Any other request gets 403 `InvalidStateTransition`. `settle` is called for a failed init and once for each event.

If a runtime sends its response and its next request in the same write, and the next event arrives within a few milliseconds, it
gets both answers in one write: one system call less on each side, and the runtime wakes up once.
"""

import asyncio
import base64
import binascii
import socket
from collections.abc import Callable, Mapping
from enum import Enum, auto

import msgspec

from netful.functions.invocations.faults import MAX_RESPONSE
from netful.functions.invocations.response_stream import MAX_STREAM, ResponseStream
from netful.functions.sandboxes.outcome import RuntimeReport
from netful.functions.sandboxes.sandbox_http import RESPONSE_MODE, ApiRequest, SandboxConnection, StreamedBody

_PREFIX = b"/2018-06-01/runtime/"
_ERROR_TYPE = "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"
_DIGITS = 10
_MOST_CONNECTIONS = 128  # a runtime and ten extensions need about twenty
_PEAK = "lambda-runtime-peak-kb"
_OK = b'{"status":"OK"}\n'


class State(Enum):
    """State of a runtime."""

    STARTING = auto()
    READY = auto()
    BUSY = auto()
    STREAMING = auto()
    ANSWERED = auto()
    FAILED = auto()


class Event(msgspec.Struct, frozen=True):
    """An event for a runtime. `stream` receives a streamed response for a caller that requested one."""

    request_id: str
    payload: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str
    client_context: str = ""
    tenant_id: str = ""
    stream: ResponseStream | None = None


class RuntimeApi:
    """Runtime API of one execution environment; `further` serves the paths of other APIs."""

    def __init__(
        self,
        settle: Callable[[RuntimeReport], None],
        on_next: Callable[[], None],
        further: Callable[[SandboxConnection, ApiRequest], bool] = lambda _connection, _request: False,
    ) -> None:
        self.state = State.STARTING
        self._settle = settle
        self._on_next = on_next
        self._further = further
        self._request_id = b""
        self._stream: ResponseStream | None = None
        self._waiting: SandboxConnection | None = None
        self._connections: set[SandboxConnection] = set()
        self._server: asyncio.Server | None = None

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket inside the network namespace of the sandbox."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SandboxConnection(self), sock=listener)

    def restart(self) -> None:
        """Forget the runtime: another one will start in the same environment."""
        self.state = State.STARTING
        self._waiting = None

    def deliver(self, event: Event) -> None:
        """Send an event to the waiting runtime. If it has just disconnected, nothing is sent: its end is reported separately."""
        assert self.state is State.READY
        waiting, self._waiting = self._waiting, None
        self.state = State.BUSY
        self._request_id = event.request_id.encode()
        self._stream = event.stream
        if waiting is not None:
            waiting.answer(200, event.payload, _event_headers(event))

    def flush(self) -> None:
        """Write the answers that wait for the next event."""
        if self._waiting is not None:
            self._waiting.flush()

    def close(self) -> None:
        """Stop listening and disconnect."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()

    def opened(self, connection: SandboxConnection) -> None:
        """Register a new connection; one too many is closed."""
        self._connections.add(connection)
        if len(self._connections) > _MOST_CONNECTIONS:
            connection.abort()

    def closed(self, connection: SandboxConnection) -> None:
        """Remove a closed connection."""
        self._connections.discard(connection)
        if connection is self._waiting:
            self._waiting = None

    def awaits(self, connection: SandboxConnection) -> bool:
        """Return whether a connection waits for an event."""
        return connection is self._waiting

    def handle(self, connection: SandboxConnection, request: ApiRequest) -> None:
        """Serve one request."""
        parts = request.path.removeprefix(_PREFIX).split(b"/") if request.path.startswith(_PREFIX) else []
        match [request.method, *parts]:
            case [b"GET", b"invocation", b"next"]:
                self._next(connection)
            case [b"POST", b"invocation", request_id, b"response"]:
                self._report(connection, request_id, request, "")
            case [b"POST", b"invocation", request_id, b"error"]:
                self._report(connection, request_id, request, _error_type(request))
            case [b"GET", b"restore", b"next"] if self.state is State.STARTING:
                connection.answer(200, b"")
            case [b"POST", b"init" | b"restore", b"error"]:
                self._init_error(connection, request.body, _error_type(request))
            case _ if request.path == b"/ping":
                connection.answer(200, b"pong")
            case _ if not self._further(connection, request):
                connection.refuse(404, "NotFound", "not found")

    def stream(self, connection: SandboxConnection, request: ApiRequest) -> StreamedBody | None:
        """Return the receiver of a streamed response's body."""
        request_id = request.path.removeprefix(_PREFIX + b"invocation/").removesuffix(b"/response")
        if request.headers[RESPONSE_MODE] != "streaming":
            connection.refuse(400, "InvalidFunctionResponseMode", "Invalid function response mode")
            if self.state is State.BUSY and request_id == self._request_id:
                self.state = State.ANSWERED
                message = b'{"errorType":"Runtime.InvalidResponseModeHeader"}'
                self._settle(RuntimeReport(message, "Runtime.InvalidResponseModeHeader"))
            return None
        if not self._may_report(connection, request_id):
            return None
        self.state = State.STREAMING
        if self._stream is not None:
            self._stream.begin(request.headers.get("content-type", ""))
        return _Streamed(self._stream, lambda answer: self._end_stream(connection, answer))

    def _next(self, connection: SandboxConnection) -> None:
        if self.state in {State.BUSY, State.STREAMING, State.FAILED}:
            connection.refuse(
                403, "InvalidStateTransition", f"Transition from {self.state.name} to READY is not allowed"
            )
            return
        self._waiting = connection
        self.state = State.READY
        self._on_next()

    def _may_report(self, connection: SandboxConnection, request_id: bytes) -> bool:
        if request_id != self._request_id:
            connection.refuse(400, "InvalidRequestID", "Invalid request ID")
        elif self.state is not State.BUSY:
            connection.refuse(403, "InvalidStateTransition", f"Transition from {self.state.name} is not allowed")
        else:
            return True
        return False

    def _report(self, connection: SandboxConnection, request_id: bytes, request: ApiRequest, error_type: str) -> None:
        if not self._may_report(connection, request_id):
            return
        self.state = State.ANSWERED
        body = request.body
        if body is None:
            message = f"Exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
            connection.refuse(413, "RequestEntityTooLarge", message)
            self._settle(RuntimeReport(b"", too_large=True))
        else:
            connection.answer(202, _OK)
            self._settle(RuntimeReport(body, error_type, peak_kb=_peak_kb(request)))

    def _end_stream(self, connection: SandboxConnection, answer: RuntimeReport) -> None:
        if self.state is State.STREAMING:  # else the environment was reset meanwhile
            self.state = State.ANSWERED
            connection.answer(202, _OK)
            self._settle(answer)

    def _init_error(self, connection: SandboxConnection, body: bytes | None, error_type: str) -> None:
        if self.state is not State.STARTING:
            connection.refuse(403, "InvalidStateTransition", f"Transition from {self.state.name} is not allowed")
            return
        self.state = State.FAILED
        connection.answer(202, _OK)
        self._settle(RuntimeReport(body or b"", error_type))


def _error_type(request: ApiRequest) -> str:
    return request.headers.get(_ERROR_TYPE) or "Unhandled"


def _peak_kb(request: ApiRequest) -> int:
    told = request.headers.get(_PEAK, "")
    return int(told) if told.isdecimal() and len(told) < _DIGITS else 0


class _Streamed:
    """Body of a streamed response: forwarded to `stream`, or collected for a caller that wants it whole."""

    def __init__(self, stream: ResponseStream | None, end: Callable[[RuntimeReport], None]) -> None:
        self._stream = stream
        self._end = end
        self._body = bytearray()
        self._size = 0
        self._most = MAX_STREAM if stream else MAX_RESPONSE

    def feed(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._most:
            self._body.clear()
        elif self._stream is not None:
            self._stream.feed(data)
        else:
            self._body += data

    def end(self, headers: Mapping[str, str]) -> None:
        error_type = headers.get(_ERROR_TYPE, "")
        if error_type:
            self._end(RuntimeReport(_error_body(headers.get(_ERROR_BODY, ""), error_type), error_type))
        else:
            self._end(RuntimeReport(bytes(self._body), too_large=self._size > self._most))


def _error_body(encoded: str, error_type: str) -> bytes:
    """Return the error in a base64 trailer."""
    try:
        return base64.b64decode(encoded, validate=True) or f'{{"errorType":"{error_type}"}}'.encode()
    except binascii.Error:
        return f'{{"errorType":"{error_type}"}}'.encode()


def _event_headers(event: Event) -> str:
    context = f"Lambda-Runtime-Client-Context: {event.client_context}\r\n" if event.client_context else ""
    tenant = f"Lambda-Runtime-Aws-Tenant-Id: {event.tenant_id}\r\n" if event.tenant_id else ""
    return (
        f"Lambda-Runtime-Aws-Request-Id: {event.request_id}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {event.deadline_ms}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: {event.function_arn}\r\n"
        f"Lambda-Runtime-Trace-Id: {event.trace_id}\r\n{context}{tenant}"
    )
