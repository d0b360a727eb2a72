"""WebSocket of one client: its messages, AWS's limits of their size, and the times after which it ends.

wsproto reads and writes the frames (RFC 6455). A frame that a client must not send ends the connection with its code.
Frames are read in pieces, one each turn of the event loop. A client whose messages are not processed yet is not read from.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeAlias, cast

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from netful.fabric.doors.pieces import Pieces
from netful.model.core import Frozen
from netful.services.http.deadline import Deadline

Message: TypeAlias = str | bytes
"""A text message, or a binary one."""


_PIECE = 1024  # bytes: at most 170 frames


class SocketLimits(Frozen):
    """Limits of a connection: sizes in bytes, times in seconds.

    Limits of AWS: a connection ends after `idle_seconds` without a message, and after `life_seconds`.

    Limits of netful: a client that does not read is not read from, and its connection ends after `unread_seconds`. No more than
    `at_once` of its messages are processed at a time.
    """

    frame: int = 32 * 1024
    message: int = 128 * 1024
    idle_seconds: float = 600.0
    life_seconds: float = 7200.0
    unread_seconds: float = 60.0
    linger_seconds: float = 2.0
    at_once: int = 16


class Socket(asyncio.Protocol):
    """A connection after its handshake. It calls `on_message` for each message, and `on_end` with the code and reason."""

    def __init__(
        self, limits: SocketLimits, on_message: Callable[[Message], None], on_end: Callable[[int, str], None]
    ) -> None:
        self._limits = limits
        self._on_message = on_message
        self._on_end = on_end
        self._frames = Connection(ConnectionType.SERVER)
        self._frame_size = 0
        self._message = bytearray()
        self._end: tuple[int, str] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._unread: asyncio.TimerHandle | None = None
        self._processed = 0
        self._is_read = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the timers."""
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._input = Pieces(self._transport, self._receive, lambda: _PIECE)
        self._idle = Deadline(self._loop, partial(self.close, CloseReason.GOING_AWAY, "Idle timeout"))
        self._idle.move(self._limits.idle_seconds)
        ended = partial(self.close, CloseReason.GOING_AWAY, "Connection duration limit")
        self._timers = [self._loop.call_later(self._limits.life_seconds, ended)]

    def data_received(self, data: bytes) -> None:
        """Process the frames that the client's bytes complete."""
        self._input.feed(data)

    def _receive(self, data: bytes) -> None:
        if self._end is not None:
            return
        self._idle.move(self._limits.idle_seconds)
        self._frames.receive_data(data)
        for event in self._frames.events():
            self._take(event)
            if self._end is not None:
                return

    def eof_received(self) -> bool:
        """Close the connection of a client that sends no more."""
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        """Report the end of the connection."""
        self._input.end()
        self._idle.end()
        for timer in (*self._timers, self._unread):
            if timer:
                timer.cancel()
        self._end = self._end or (int(CloseReason.ABNORMAL_CLOSURE), "")
        self._on_end(*self._end)

    def pause_writing(self) -> None:
        """Stop reading from a client that does not read: answers to its messages would only make the backlog longer."""
        self._is_read = False
        self._follow()
        self._unread = self._loop.call_later(self._limits.unread_seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """Read again from a client that reads again."""
        self._is_read = True
        if self._unread:
            self._unread.cancel()
        self._follow()

    def begin(self) -> None:
        """Count a message that is being processed."""
        self._processed += 1
        self._follow()

    def done(self) -> None:
        """Count a message that has been processed."""
        self._processed -= 1
        self._follow()

    def _follow(self) -> None:
        """Read as long as the client reads and its messages are processed."""
        reads = self._is_read and self._processed < self._limits.at_once
        if not reads:
            self._input.pause()
        elif self._input.paused and self._end is None:
            self._input.resume()

    def send(self, message: Message) -> None:
        """Send a message to the client."""
        if self._end is None:
            self._idle.move(self._limits.idle_seconds)
            self._write(TextMessage(message) if isinstance(message, str) else BytesMessage(message))

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str = "") -> None:
        """End the connection; abort it if the client does not end it too."""
        if self._end is not None:
            return
        self._end = int(code), reason
        self._write(CloseConnection(code, reason))
        self._timers.append(self._loop.call_later(self._limits.linger_seconds, self._transport.abort))
        self._transport.close()

    def _write(self, event: Event) -> None:
        self._transport.write(self._frames.send(event))

    def _take(self, event: Event) -> None:
        if isinstance(event, Ping):
            self._write(event.response())
        elif isinstance(event, CloseConnection):
            self._closed(event.code, event.reason or "")
        elif isinstance(event, TextMessage | BytesMessage):
            self._take_part(event)

    def _closed(self, code: int, reason: str) -> None:
        """End with the client's close frame, or for a frame that is malformed."""
        if self._frames.state is ConnectionState.OPEN:
            self.close(code, reason)
            return
        self._end = int(code), reason
        self._write(CloseConnection(CloseReason.NORMAL_CLOSURE if code == CloseReason.NO_STATUS_RCVD else code))
        self._transport.close()

    def _take_part(self, part: TextMessage | BytesMessage) -> None:
        """Add a part of a message, which wsproto returns before its frame is complete."""
        data = part.data.encode() if isinstance(part, TextMessage) else part.data
        self._frame_size += len(data)
        self._message += data
        if self._frame_size > self._limits.frame or len(self._message) > self._limits.message:
            self.close(CloseReason.MESSAGE_TOO_BIG, "frame or message too big")
            return
        if part.frame_finished:
            self._frame_size = 0
        if part.message_finished:
            whole = bytes(self._message)
            self._message.clear()
            self._on_message(whole.decode() if isinstance(part, TextMessage) else whole)
