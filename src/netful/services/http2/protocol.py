"""HTTP/2 server protocol: one connection, its streams, its timers. The state machine is h2's.

Rules, beside those of HTTP/1 (services.http.protocol):
1. A stream is a request, which the same handler answers. A client may have `Limits.streams` of them open; all bodies of a
   connection that are not answered yet are together limited like one. No request is handled while answers of a megabyte are unread.
2. Frames that bring no request further use up an allowance, most of all resets of requests that were not answered. What is sent
   renews it. A client without allowance is sent away (RFC 9113 §10.5). So do windows that open byte by byte.
3. A stream that the client has reset is not answered: its handler is cancelled.
4. A connection ends with GOAWAY, if not by a client that is gone.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from netful.fabric.doors.door import Door
from netful.fabric.doors.pieces import Pieces
from netful.services.http.connection_limits import ConnectionLimits
from netful.services.http.deadline import Deadline
from netful.services.http.handling import ask, come, describe
from netful.services.http.head import RefusedError
from netful.services.http.limits import DEFAULT_LIMITS, Limits
from netful.services.http.message import Handler, Request, Response
from netful.services.http.wire import BODILESS, json_response
from netful.services.http2.head import request_of
from netful.services.http2.wire import BlockEncoder, encode

_log = logging.getLogger(__name__)

_CONFIG = H2Configuration(
    client_side=False, header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False
)
_PIECE = 512  # bytes: at most 57 frames
_UNREAD = 1 << 20  # bytes of answers that a client may leave unread before its next request is handled
_LEAST = 1024  # bytes of a frame that does not end its answer
_ALLOWANCE = 1000
_RESET = 10  # allowance that a reset costs; other frames cost 1
_ANSWERED = 20  # allowance for an answer
_PER_FRAME = 256  # sent bytes that a frame of the client is allowed for


@dataclass(slots=True)
class _Incoming:
    """A request whose body is not complete, and the time at which it is late."""

    request: Request
    until: float
    size: int = 0
    body: list[bytes] = field(default_factory=list)


class Http2Protocol(asyncio.Protocol):
    """One connection that came through `door` and is served by `handler`; `connection_limits` count it.

    One class, because asyncio and h2 call its methods, and each reads or sets the state of the same connection.
    """

    def __init__(
        self,
        handler: Handler,
        door: Door,
        limits: Limits = DEFAULT_LIMITS,
        connection_limits: ConnectionLimits | None = None,
    ) -> None:
        self._handler = handler
        self._door = door
        self._limits = limits
        self._connection_limits = connection_limits or ConnectionLimits()
        self._http = H2Connection(_CONFIG)
        self._http.encoder = BlockEncoder()
        self._http.decoder.max_header_list_size = limits.head
        own = {SettingCodes.MAX_CONCURRENT_STREAMS: limits.streams, SettingCodes.MAX_HEADER_LIST_SIZE: limits.head}
        self._http.local_settings = Settings(client=False, initial_values=own)
        self._incoming: dict[int, _Incoming] = {}
        self._waiting: dict[int, Request] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._blocked: dict[int, asyncio.Event] = {}
        self._held = 0
        self._unsent = 0
        self._allowance = _ALLOWANCE
        self._between = False
        self._paused = self._closing = False
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the settings, and start reading."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)
        self._client = describe(self._transport, self._door)
        self._input = Pieces(self._transport, self._take, lambda: _PIECE)
        self._deadline = Deadline(self._loop, self._deadline_passed)
        self._deadline.move(self._limits.head_seconds)
        self._connection_limits.enter(self)
        self._http.initiate_connection()
        self._flush()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Cancel the requests of a client that has disconnected."""
        self._closing = True
        self._connection_limits.leave(self)
        self._deadline.end()
        self._input.end()
        self._incoming.clear()
        self._waiting.clear()
        if self._unread:
            self._unread.cancel()
        for task in self._tasks.values():
            task.cancel()

    def dismiss(self) -> None:
        """Close at once."""
        self._transport.abort()

    def eof_received(self) -> bool:
        """End: TLS has no half-close."""
        return False

    def data_received(self, data: bytes) -> None:
        """Read bytes from the client."""
        self._input.feed(data)

    def pause_writing(self) -> None:
        """Read and send nothing while the client does not read its answers."""
        self._paused = True
        self._input.pause()
        self._unread = self._loop.call_later(self._limits.unread_seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """Continue when the client reads again."""
        self._paused = False
        if self._unread:
            self._unread.cancel()
        self._input.resume()
        self._unblock(0)
        self._handle_waiting()

    def _take(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            came = self._http.receive_data(data)
        except ProtocolError:
            self._close()  # h2 has written the reason
            return
        for event in came:
            with suppress(ProtocolError):  # a stream that a later frame has reset
                _EVENTS.get(type(event), Http2Protocol._overhead)(self, event)
        self._flush()
        if self._allowance < 0:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)
        self._follow(between=bool(came))

    def _follow(self, *, between: bool) -> None:
        """Set the deadline for what is to come from the client next: the rest of a body, of a frame, or a request."""
        if self._closing:
            return
        changes, self._between = between is not self._between, between
        if changes or self._incoming:
            self._deadline.move(self._patience())

    def _patience(self) -> float:
        if self._incoming:
            return max(next(iter(self._incoming.values())).until - self._loop.time(), 0)
        return self._limits.idle_seconds if self._between else self._limits.head_seconds

    def _overhead(self, _event: Any) -> None:
        self._allowance -= 1

    def _earn(self, frames: int) -> None:
        self._allowance = min(self._allowance + frames, _ALLOWANCE)

    def _begun(self, event: events.RequestReceived) -> None:
        id_ = event.stream_id
        try:
            request = request_of(event.headers or (), self._client, self._limits)
        except RefusedError as refusal:
            self._refuse(id_, refusal, whole=event.stream_ended is not None)
            return
        if event.stream_ended is not None:
            self._handle(id_, request)
        else:
            self._incoming[id_] = _Incoming(request, self._loop.time() + self._limits.body_seconds)

    def _body(self, event: events.DataReceived) -> None:
        id_, data = event.stream_id, event.data or b""
        self._http.acknowledge_received_data(event.flow_controlled_length or 0, id_)
        if not data:
            self._overhead(event)
        incoming = self._incoming.get(id_)
        if incoming is None:
            return
        incoming.body.append(data)
        incoming.size += len(data)
        self._held += len(data)
        if self._held > self._limits.body:
            self._refuse(id_, RefusedError(413, "request body too large"), whole=event.stream_ended is not None)

    def _ended(self, event: events.StreamEnded) -> None:
        id_ = event.stream_id
        incoming = self._incoming.pop(id_, None)
        if incoming is not None:
            self._handle(id_, replace(incoming.request, body=b"".join(incoming.body)))

    def _forget(self, id_: int) -> None:
        """Free the body of a request that is not handled."""
        if id_ in self._incoming:
            self._held -= self._incoming.pop(id_).size
        elif id_ in self._waiting:
            self._held -= len(self._waiting.pop(id_).body)

    def _reset(self, event: events.StreamReset) -> None:
        id_ = event.stream_id
        self._allowance -= _RESET
        self._forget(id_)
        if id_ in self._tasks:
            self._tasks[id_].cancel()

    def _windows(self, event: events.WindowUpdated | events.RemoteSettingsChanged) -> None:
        self._overhead(event)
        self._unblock(event.stream_id or 0 if isinstance(event, events.WindowUpdated) else 0)

    def _gone(self, _event: events.ConnectionTerminated) -> None:
        self._close()

    def _handle(self, id_: int, request: Request) -> None:
        if self._paused or self._unsent > _UNREAD:
            self._waiting[id_] = request
            return
        answer = ask(self._handler, request)
        if isinstance(answer, Response) and self._send_at_once(id_, request, answer):
            self._rest(request)
            return
        self._connection_limits.begin(self)
        task = self._tasks[id_] = self._loop.create_task(self._serve(id_, request, answer))
        task.add_done_callback(partial(self._served, id_, request, answer))

    def _served(self, id_: int, request: Request, answer: Response | Awaitable[Response], _task: object) -> None:
        if isinstance(answer, Coroutine):
            answer.close()  # it has not begun if the client has cancelled it at once
        del self._tasks[id_]
        self._rest(request)
        self._handle_waiting()

    def _rest(self, request: Request) -> None:
        """Note that a request is answered."""
        self._held -= len(request.body)
        if not self._tasks and not self._closing:
            self._connection_limits.rest(self)
            self._deadline.move(self._patience())

    def _handle_waiting(self) -> None:
        while self._waiting and not self._paused and self._unsent <= _UNREAD and not self._closing:
            id_ = next(iter(self._waiting))
            self._handle(id_, self._waiting.pop(id_))
        self._flush()

    async def _serve(self, id_: int, request: Request, answer: Response | Awaitable[Response]) -> None:
        response = answer if isinstance(answer, Response) else await come(request, answer)
        with suppress(ProtocolError):  # a stream that was reset
            await self._send(id_, request, response)

    def _send_head(self, id_: int, request: Request, response: Response) -> bytes:
        """Send the head of a response, and return the body that remains to be sent."""
        head_only = request.method == "HEAD"
        body = b"" if head_only or response.status in BODILESS else response.body
        block = encode(response, head_only=head_only)
        self._http.send_headers(id_, [(block, b"")], end_stream=not body and response.stream is None)
        self._earn(_ANSWERED)
        return body

    def _send_at_once(self, id_: int, request: Request, response: Response) -> bool:
        """Send a response that fits into one frame; return whether nothing of it is left to send."""
        size = len(response.body)
        with suppress(ProtocolError):  # a stream that was reset
            if response.stream is not None or self._room(id_, size) < size:
                return False
            body = self._send_head(id_, request, response)
            if body:
                self._http.send_data(id_, body, end_stream=True)
        return True

    async def _send(self, id_: int, request: Request, response: Response) -> None:
        if self._send_at_once(id_, request, response):
            self._flush()
            return
        body = self._send_head(id_, request, response)
        if response.stream is None:
            await self._send_body(id_, body, end=True)
        else:
            await self._send_stream(id_, response.stream)

    async def _send_stream(self, id_: int, stream: AsyncIterator[bytes]) -> None:
        """Send pieces as they arrive. A failure resets the stream, so that the client notices it."""
        try:
            async for piece in stream:
                await self._send_body(id_, piece, end=False)
        except ProtocolError:
            raise
        except Exception:  # noqa: BLE001  # a bug must cost one answer
            _log.exception("a streamed response ended early")
            self._http.reset_stream(id_, ErrorCodes.INTERNAL_ERROR)
        else:
            self._http.end_stream(id_)
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()  # it releases its resources, even if the client has disconnected
        self._flush()

    async def _send_body(self, id_: int, body: bytes, *, end: bool) -> None:
        """Send a body as the client's windows open. A client that takes nothing of it for long loses its connection."""
        left, patience, taken = memoryview(body), self._limits.unread_seconds, 0
        self._unsent += len(body)
        try:
            async with asyncio.timeout(patience) as deadline:
                while left:
                    size = self._room(id_, len(left))
                    if not size:
                        await self._movement(id_)
                        continue
                    self._http.send_data(id_, left[:size], end_stream=end and size == len(left))
                    self._flush()
                    self._earn(size // _PER_FRAME)
                    left, taken = left[size:], taken + size
                    if taken >= self._http.max_outbound_frame_size:
                        deadline.reschedule(self._loop.time() + patience)
                        taken = 0
                    if left:
                        await asyncio.sleep(0)  # other clients', and other streams', turn
        except TimeoutError:
            self._transport.abort()
        finally:
            self._unsent -= len(body)

    def _room(self, id_: int, size: int) -> int:
        """Return how much of a body may be sent now; nothing rather than little (RFC 9113 §5.2.2)."""
        if self._paused:
            return 0
        room = min(size, self._http.local_flow_control_window(id_), self._http.max_outbound_frame_size)
        return room if room == size or room >= _LEAST else 0

    async def _movement(self, id_: int) -> None:
        """Wait until a window has opened."""
        moved = self._blocked[id_] = asyncio.Event()
        try:
            await moved.wait()
        finally:
            del self._blocked[id_]

    def _unblock(self, id_: int) -> None:
        """Let a stream send, or all of them."""
        for one, moved in self._blocked.items():
            if id_ in (0, one):
                moved.set()

    def _refuse(self, id_: int, refusal: RefusedError, *, whole: bool) -> None:
        """Answer a request that is not handled; the rest of one that is not `whole` is not read."""
        self._forget(id_)
        response = json_response(refusal.status, {"message": refusal.reason})
        self._send_at_once(id_, Request("", "", (), b"", self._client), response)
        if not whole:
            self._http.reset_stream(id_)

    def _flush(self) -> None:
        data = self._http.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _end(self, code: ErrorCodes = ErrorCodes.NO_ERROR) -> None:
        if not self._closing:
            self._http.close_connection(code)
            self._close()

    def _close(self) -> None:
        """Close the connection after the client has read everything, or after a limited time."""
        self._closing = True
        self._flush()
        for task in self._tasks.values():
            task.cancel()
        self._input.end()
        self._loop.call_later(self._limits.linger_seconds, self._transport.abort)
        self._transport.close()

    def _deadline_passed(self) -> None:
        if self._incoming:
            id_, oldest = next(iter(self._incoming.items()))
            if oldest.until <= self._loop.time():
                with suppress(ProtocolError):
                    self._refuse(id_, RefusedError(408, "the request took too long"), whole=False)
                self._flush()
            self._deadline.move(self._patience())
        elif (self._tasks or self._waiting) and self._between:
            self._deadline.move(self._limits.idle_seconds)
        else:
            self._end()


_EVENTS: dict[type, Callable[[Http2Protocol, Any], None]] = {
    events.RequestReceived: Http2Protocol._begun,  # noqa: SLF001  # this module's own
    events.DataReceived: Http2Protocol._body,  # noqa: SLF001
    events.StreamEnded: Http2Protocol._ended,  # noqa: SLF001
    events.StreamReset: Http2Protocol._reset,  # noqa: SLF001
    events.WindowUpdated: Http2Protocol._windows,  # noqa: SLF001
    events.RemoteSettingsChanged: Http2Protocol._windows,  # noqa: SLF001
    events.ConnectionTerminated: Http2Protocol._gone,  # noqa: SLF001
}
