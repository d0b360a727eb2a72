"""One client's WebSocket: frames in and out, and the times after which it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from netful.engine.http.websocket_frames import (
    GOING_AWAY,
    NORMAL,
    FrameError,
    FrameReader,
    Message,
    Opcode,
    close_frame,
    frame,
)

_ABNORMAL = 1006
_NO_CODE = 1005


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """AWS's: sizes in bytes, times in seconds. A connection that says nothing ends, and so does one that lives so long.

    netful's own: a client that does not read what it is sent is not heard, and after `unread_seconds` cut off.
    """

    frame: int = 32 * 1024
    message: int = 128 * 1024
    idle_seconds: float = 600.0
    life_seconds: float = 7200.0
    unread_seconds: float = 60.0
    linger_seconds: float = 2.0


class Socket(asyncio.Protocol):
    """Takes a connection over after its handshake. `on_message` and `on_end` are called with what comes."""

    def __init__(
        self,
        limits: SocketLimits,
        on_message: Callable[[Message], None],
        on_end: Callable[[int, str], None],
    ) -> None:
        self._limits = limits
        self._on_message = on_message
        self._on_end = on_end
        self._reader = FrameReader(limits.frame, limits.message)
        self._end: tuple[int, str] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake is done."""
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._timers = [
            self._loop.call_later(self._limits.life_seconds, self.close, GOING_AWAY, "Connection duration limit"),
            self._loop.call_later(self._limits.idle_seconds, self._check_idle),
        ]

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._end is not None:
            return
        self._last = self._loop.time()
        try:
            for message in self._reader.feed(data):
                self._take(message)
                if self._end is not None:
                    return
        except FrameError as error:
            self.close(error.code, str(error))

    def eof_received(self) -> bool:
        """A client that sends no more has gone."""
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone."""
        for timer in (*self._timers, self._unread):
            if timer:
                timer.cancel()
        self._end = self._end or (_ABNORMAL, "")
        self._on_end(*self._end)

    def pause_writing(self) -> None:
        """The client does not read: more of what it sends would only make more for it to read."""
        self._transport.pause_reading()
        self._unread = self._loop.call_later(self._limits.unread_seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._unread:
            self._unread.cancel()
        if self._end is None:
            self._transport.resume_reading()

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        """Send the client a message."""
        if self._end is None:
            self._last = self._loop.time()
            self._transport.write(frame(Opcode.BINARY if binary else Opcode.TEXT, payload))

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """End the connection; a client that does not end it too is cut off."""
        if self._end is not None:
            return
        self._end = code, reason
        self._transport.write(close_frame(code, reason))
        self._timers.append(self._loop.call_later(self._limits.linger_seconds, self._transport.abort))
        self._transport.close()

    def _take(self, message: Message) -> None:
        if message.opcode is Opcode.PING:
            self._transport.write(frame(Opcode.PONG, message.payload))
        elif message.opcode is Opcode.CLOSE:
            self._end = message.close_code, message.payload[2:].decode("utf-8", "replace")
            self._transport.write(close_frame(NORMAL if message.close_code == _NO_CODE else message.close_code))
            self._transport.close()
        elif message.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._on_message(message)

    def _check_idle(self) -> None:
        left = self._last + self._limits.idle_seconds - self._loop.time()
        if left <= 0:
            self.close(GOING_AWAY, "Idle timeout")
        else:
            self._timers[1] = self._loop.call_later(left, self._check_idle)
