"""The HTTP/1.1 server protocol: one connection, its requests in order, its timers.

Rules:
1. One request of a connection is handled at a time; answers leave in the order of the requests.
2. Reading pauses while too many requests wait, and handling pauses while the client does not read (back-pressure).
3. A deadline is always set: for a head, for a body, for the next request. Only while a request is handled there is none.
4. After a refusal, or an answer that ends the connection, nothing more is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import cast

from netful.fabric.door import Door
from netful.services.head import Parsed, RefusedError, RequestReader, Stage
from netful.services.limits import DEFAULT_LIMITS, Limits
from netful.services.message import Address, Connection, Handler, Response
from netful.services.sni import sni_of
from netful.services.wire import CONTINUE, encode, json_response

_log = logging.getLogger(__name__)


class HttpProtocol(asyncio.Protocol):
    """Serves one connection that came through `door` with `handler`."""

    def __init__(self, handler: Handler, door: Door, limits: Limits = DEFAULT_LIMITS) -> None:
        self._handler = handler
        self._door = door
        self._limits = limits
        self._waiting: deque[Parsed] = deque()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._closing = False
        self._refusal: RefusedError | None = None
        self._expected = False
        self._reading = True
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and with TLS has shaken hands."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)
        connection = _describe(self._transport, self._door)
        self._reader = RequestReader(connection, self._limits, self._request_read, self._continue_expected)
        self._set_deadline(self._limits.head_seconds)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone: what it asked for is abandoned."""
        self._closing = True
        self._waiting.clear()
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()

    def eof_received(self) -> bool:
        """The client sends no more; what it asked for is still answered, except over TLS, which has no half-close."""
        if self._task is None:
            return False
        self._closing = True
        return self._transport.get_extra_info("ssl_object") is None

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._closing:
            return
        before = self._reader.stage
        try:
            self._reader.feed(data)
        except RefusedError as refusal:
            self._refuse(refusal)
            return
        if self._reader.stage is not before:
            self._set_deadline(self._patience())

    def pause_writing(self) -> None:
        """The client does not read its answers."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._writable.set()

    def _request_read(self, parsed: Parsed) -> None:
        if self._closing:
            return
        self._waiting.append(parsed)
        self._closing = not parsed.keep_alive
        if len(self._waiting) >= self._limits.pipelined:
            self._reading = False
            self._transport.pause_reading()
        if self._task is None:
            self._task = self._loop.create_task(self._serve())

    def _continue_expected(self) -> None:
        self._expected = True
        if self._task is None:
            self._send_continue()

    def _send_continue(self) -> None:
        self._expected = False
        self._transport.write(CONTINUE)

    async def _serve(self) -> None:
        while self._waiting:
            parsed = self._waiting.popleft()
            response = await self._answer(parsed)
            await self._writable.wait()
            last = not parsed.keep_alive
            head_only = parsed.request.method == "HEAD"
            self._transport.write(encode(response, head_only=head_only, keep_alive=not last))
            if last:
                self._transport.close()
                return
            if not self._reading and len(self._waiting) < self._limits.pipelined:
                self._reading = True
                self._transport.resume_reading()
        self._task = None
        self._rest()

    def _rest(self) -> None:
        """Every request that came is answered."""
        if self._refusal:
            self._send_refusal(self._refusal)
        elif self._closing:
            self._transport.close()
        else:
            if self._expected and self._reader.stage is Stage.BODY:
                self._send_continue()
            self._set_deadline(self._patience())

    async def _answer(self, parsed: Parsed) -> Response:
        try:
            return await self._handler(parsed.request)
        except Exception:  # noqa: BLE001  # a bug in a handler must cost one answer, not the connection
            _log.exception("%s %s", parsed.request.method, parsed.request.target)
            return json_response(500, {"message": "Internal server error"})

    def _refuse(self, refusal: RefusedError) -> None:
        self._closing = True
        self._refusal = refusal
        if self._task is None:
            self._send_refusal(refusal)

    def _send_refusal(self, refusal: RefusedError) -> None:
        response = json_response(refusal.status, {"message": refusal.reason})
        self._transport.write(encode(response, head_only=False, keep_alive=False))
        # A client that is still sending would lose the answer to a reset: let it finish, unread (RFC 9112 §9.6).
        if not self._reading:
            self._transport.resume_reading()
        self._loop.call_later(self._limits.linger_seconds, self._transport.close)

    def _patience(self) -> float:
        return {
            Stage.BETWEEN: self._limits.idle_seconds,
            Stage.HEAD: self._limits.head_seconds,
            Stage.BODY: self._limits.body_seconds,
        }[self._reader.stage]

    def _set_deadline(self, seconds: float) -> None:
        """Move the deadline; the timer is armed anew only when the new one is nearer than its own."""
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            if self._timer:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._check_deadline)

    def _check_deadline(self) -> None:
        self._timer = None
        busy = self._task is not None
        if busy or self._loop.time() < self._deadline:
            self._set_deadline(self._limits.idle_seconds if busy else self._deadline - self._loop.time())
        elif self._reader.stage is Stage.BETWEEN:
            self._transport.close()
        else:
            self._refuse(RefusedError(408, "the request took too long"))


def _describe(transport: asyncio.Transport, door: Door) -> Connection:
    return Connection(
        door=door,
        client=_address(transport.get_extra_info("peername")),
        server=_address(transport.get_extra_info("sockname")),
        tls=transport.get_extra_info("ssl_object") is not None,
        sni=sni_of(transport.get_extra_info("ssl_object")),
    )


def _address(name: object) -> Address:
    return (name[0], name[1]) if isinstance(name, tuple) else ("", 0)
