"""HTTP/1.1 server protocol: one connection, its requests in order, its timers.

Rules:
1. One request of a connection is handled at a time, and answers are sent in the order of the requests. An answer that
   needs no wait is sent immediately if no other request is pending.
2. Bytes are read in pieces, one each turn of the event loop: requests that arrive together do not delay other clients.
   Reading pauses while too many requests wait, and handling pauses while the client does not read (back-pressure).
3. A deadline is always set: for a head, for a body, for the next request, for a client to read its answers. The only
   exception is the time while a request is handled.
4. After a rejection, or an answer that ends the connection, nothing more is read.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import cast

from netful.fabric.doors.door import Door
from netful.fabric.doors.pieces import Pieces
from netful.services.http.connection_limits import ConnectionLimits
from netful.services.http.deadline import Deadline
from netful.services.http.handling import ask, come, describe
from netful.services.http.head import RefusedError, RequestReader, Stage
from netful.services.http.limits import DEFAULT_LIMITS, Limits
from netful.services.http.message import Handler, Request, Response
from netful.services.http.protocol_switch import HandedOver
from netful.services.http.wire import CONTINUE, encode, encode_chunk, encode_stream_head, encode_switch, json_response

_log = logging.getLogger(__name__)
_BETWEEN = Stage.BETWEEN
_PIECE = 2048  # bytes of requests; a body comes in larger pieces


class HttpProtocol(asyncio.Protocol):
    """One connection that came through `door` and is served by `handler`; `connection_limits` count it.

    One class: most methods are what the event loop, its timers and the request's reader call.
    """

    def __init__(
        self,
        handler: Handler,
        door: Door,
        limits: Limits = DEFAULT_LIMITS,
        connection_limits: ConnectionLimits | None = None,
    ) -> None:
        self._connection_limits = connection_limits or ConnectionLimits()
        self._handler = handler
        self._door = door
        self._limits = limits
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._closing = False
        self._refusal: Response | None = None
        self._expected = False
        self._paused = False
        self._handed_over = False
        self._writable = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start reading: the client has connected, and with TLS completed the handshake."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)
        connection = describe(self._transport, self._door)
        self._reader = RequestReader(connection, self._limits, self._request_read, self._continue_expected)
        self._input = Pieces(self._transport, self._take, self._piece)
        self._deadline = Deadline(self._loop, self._deadline_passed)
        self._deadline.move(self._limits.head_seconds)
        self._connection_limits.enter(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Cancel the requests of a client that has disconnected."""
        self._connection_limits.leave(self)
        self._closing = True
        self._waiting.clear()
        self._cancel_timers()
        self._input.end()
        self._reader.end()
        if self._task:
            self._task.cancel()

    def dismiss(self) -> None:
        """Close at once."""
        self._transport.abort()

    def eof_received(self) -> bool:
        """Answer the pending requests, then end; over TLS end at once, because TLS has no half-close."""
        if self._task is None:
            return False
        self._closing = True
        return self._transport.get_extra_info("ssl_object") is None

    def data_received(self, data: bytes) -> None:
        """Read bytes from the client."""
        self._input.feed(data)

    def _piece(self) -> int:
        return _PIECE + self._reader.body_left

    def _take(self, data: bytes) -> None:
        if self._closing:
            return
        before = self._reader.stage
        try:
            self._reader.feed(data)
        except RefusedError as refusal:
            self._refuse(refusal)
            return
        if self._reader.stage is not before:
            self._deadline.move(self._patience())

    def pause_writing(self) -> None:
        """Pause while the client does not read its answers."""
        self._paused = True
        self._writable.clear()
        self._unread = self._loop.call_later(self._limits.unread_seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """Continue when the client reads again."""
        self._paused = False
        self._writable.set()
        if self._unread:
            self._unread.cancel()

    def _request_read(self, request: Request, keep_alive: bool) -> None:  # noqa: FBT001  # as the reader passes it
        if self._closing:
            return
        self._closing = not keep_alive
        coming: Awaitable[Response] | None = None
        if self._task is None and not self._paused:
            answer = ask(self._handler, request)
            if isinstance(answer, Response):
                self._send(request, answer, keep_alive=keep_alive)
                self._rest()
                return
            coming = answer
        self._waiting.append((request, keep_alive))
        if len(self._waiting) >= self._limits.pipelined:
            self._input.pause()
        if self._task is None:
            self._connection_limits.begin(self)
            self._task = self._loop.create_task(self._serve(coming))

    def _continue_expected(self) -> None:
        self._expected = True
        if self._task is None:
            self._send_continue()

    def _send_continue(self) -> None:
        self._expected = False
        self._transport.write(CONTINUE)

    async def _serve(self, coming: Awaitable[Response] | None) -> None:
        """Answer the waiting requests; `coming` is the answer to the first of them if the handler was already called."""
        while self._waiting:
            request, keep_alive = self._waiting.popleft()
            answer = coming or ask(self._handler, request)
            response = answer if isinstance(answer, Response) else await come(request, answer)
            coming = None
            if self._paused:
                await self._writable.wait()
            if response.stream is not None:
                await self._send_stream(request, response, response.stream, keep_alive=keep_alive)
            else:
                self._send(request, response, keep_alive=keep_alive)
            if not keep_alive:
                return
            if self._input.paused and len(self._waiting) < self._limits.pipelined:
                self._input.resume()
        self._task = None
        self._rest()

    def _send(self, request: Request, response: Response, *, keep_alive: bool) -> None:
        if response.takes_over is not None:
            self._hand_over(response, response.takes_over)
            return
        self._transport.write(encode(response, head_only=request.method == "HEAD", keep_alive=keep_alive))
        if not keep_alive:
            self._end()

    async def _send_stream(
        self, request: Request, response: Response, stream: AsyncIterator[bytes], *, keep_alive: bool
    ) -> None:
        """Send pieces as they arrive. A failure ends the connection, so that the client notices it (RFC 9112 §8).

        An HTTP/1.0 client receives them without chunks: the end of the connection is their end.
        """
        chunked = request.version != "1.0"
        keep_alive = keep_alive and chunked
        self._transport.write(encode_stream_head(response, keep_alive=keep_alive, chunked=chunked))
        try:
            async for piece in stream:
                if self._paused:
                    await self._writable.wait()
                self._transport.write(encode_chunk(piece) if chunked and piece else piece)
        except Exception:  # noqa: BLE001  # a bug must cost one answer
            _log.exception("a streamed response ended early")
            self._end()
            return
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()  # it releases its resources, even if the client has disconnected
        if chunked:
            self._transport.write(encode_chunk(b""))
        if not keep_alive:
            self._end()

    def _hand_over(self, response: Response, take_over: Callable[[], asyncio.Protocol]) -> None:
        """Let another protocol continue on the connection."""
        self._transport.write(encode_switch(response))
        self._cancel_timers()
        self._connection_limits.leave(self)
        self._handed_over = True
        self._input.end()
        self._input.resume()
        protocol = HandedOver(self._connection_limits, take_over())
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        self._loop.call_soon(self._reader.end)  # the reader is still active

    def _end(self) -> None:
        """Close the connection after the client has read everything, or after a limited time."""
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size():
            self._loop.call_later(self._limits.unread_seconds, self._transport.abort)
        self._transport.close()

    def _cancel_timers(self) -> None:
        self._deadline.end()
        if self._unread:
            self._unread.cancel()

    def _rest(self) -> None:
        """Prepare for the next request after all received ones are answered."""
        if self._handed_over:
            return
        self._connection_limits.rest(self)
        if self._refusal:
            self._send_refusal(self._refusal)
        elif self._closing:
            self._end()
        else:
            if self._expected and self._reader.stage is Stage.BODY:
                self._send_continue()
            self._deadline.move(self._patience())

    def _refuse(self, refusal: RefusedError) -> None:
        self._closing = True
        self._refusal = json_response(refusal.status, {"message": refusal.reason})
        if self._task is None:
            self._send_refusal(self._refusal)

    def _send_refusal(self, refusal: Response) -> None:
        self._transport.write(encode(refusal, head_only=False, keep_alive=False))
        # A reset would lose the answer for a client that is still sending: wait until it ends, unread (RFC 9112 §9.6).
        self._input.end()
        self._input.resume()
        self._loop.call_later(self._limits.linger_seconds, self._end)

    def _patience(self) -> float:
        stage = self._reader.stage
        if stage is _BETWEEN:
            return self._limits.idle_seconds
        return self._limits.head_seconds if stage is Stage.HEAD else self._limits.body_seconds

    def _deadline_passed(self) -> None:
        if self._refusal is not None:
            return
        if self._task is not None:
            self._deadline.move(self._limits.idle_seconds)
        elif self._reader.stage is Stage.BETWEEN:
            self._end()
        else:
            self._refuse(RefusedError(408, "the request took too long"))
