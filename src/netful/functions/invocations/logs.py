"""Log of a function: events in order, bounded in memory, with subscribers.

An event is a line of the function's output; awslambdaric joins the lines of one error by carriage returns (lambda §3.7).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable

import msgspec

_KEPT_BYTES = 1 << 20
_EVENT_BYTES = 1 << 18  # CloudWatch's limit for one event
_WAITING_EVENTS = 10_000


class LogEvent(msgspec.Struct, frozen=True):
    """One event of a log stream; a stream is one execution environment. Each invocation makes three, so they must be cheap."""

    timestamp_ms: int
    stream: str
    message: str


class LogGroup:
    """Log group of a function, `/aws/lambda/NAME`: its newest megabyte."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._events: deque[LogEvent] = deque()
        self._size = 0
        self._count = 0
        self._subscribers: set[asyncio.Queue[LogEvent]] = set()

    def append(self, stream: str, message: str) -> None:
        """Add an event; drop the oldest ones above the limit."""
        event = LogEvent(time.time_ns() // 1_000_000, stream, message)
        self._events.append(event)
        self._count += 1
        self._size += len(message)
        while self._size > _KEPT_BYTES and len(self._events) > 1:
            self._size -= len(self._events.popleft().message)
        for queue in self._subscribers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @property
    def events(self) -> tuple[LogEvent, ...]:
        """Retained events, oldest first."""
        return tuple(self._events)

    def after(self, count: int) -> tuple[int, tuple[LogEvent, ...]]:
        """Return (total events, retained events after `count`)."""
        fresh = min(self._count - count, len(self._events))
        return self._count, self.events[len(self._events) - fresh :]

    @property
    def text(self) -> str:
        """Return the retained events as one text."""
        return "".join(event.message for event in self._events)

    async def follow(self) -> AsyncGenerator[LogEvent]:
        """Yield the retained events, then each new one. A slow reader misses the oldest."""
        queue: asyncio.Queue[LogEvent] = asyncio.Queue(_WAITING_EVENTS)
        self._subscribers.add(queue)
        try:
            for event in self.events:
                yield event
            while True:
                yield await queue.get()
        finally:
            self._subscribers.discard(queue)


class LogStream:
    """Converter of an environment's output into events; keeps the tail for `LogType=Tail`.

    `listener` receives each event of the function and of extensions, as `function` or `extension`.
    """

    TAIL_BYTES = 4096

    def __init__(self, group: LogGroup, name: str) -> None:
        self.name = name
        self._group = group
        self.listener: Callable[[str, str], None] | None = None
        self._partial = b""
        self._partial_of_extensions = b""
        self._tail = bytearray()

    def write(self, data: bytes) -> None:
        """Add output of the function; an event ends with a newline, or at the size limit."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._event(line + b"\n")
        while len(self._partial) > _EVENT_BYTES:
            self._event(self._partial[:_EVENT_BYTES])
            self._partial = self._partial[_EVENT_BYTES:]

    def write_of_extensions(self, data: bytes) -> None:
        """Add output of extensions."""
        *lines, self._partial_of_extensions = (self._partial_of_extensions + data).split(b"\n")
        for line in lines:
            self._event(line + b"\n", "extension")
        if len(self._partial_of_extensions) > _EVENT_BYTES:
            self._event(self._partial_of_extensions, "extension")
            self._partial_of_extensions = b""

    def platform(self, line: str, *, in_tail: bool = True) -> None:
        """Add a line of Lambda, after the function's output without a newline; ignore an empty line."""
        if self._partial:
            self._event(self._partial + b"\n")
            self._partial = b""
        if line:
            self._tell(line.encode() if in_tail else b"", line)

    def take_tail(self) -> bytes:
        """Return the last 4 KB since the previous call."""
        tail, self._tail = bytes(self._tail), bytearray()
        return tail

    def _event(self, data: bytes, source: str = "function") -> None:
        data = data.replace(b"\r", b"\n")
        message = data.decode("utf-8", "replace")
        self._tell(data, message)
        if self.listener is not None:
            self.listener(source, message)

    def _tell(self, data: bytes, message: str) -> None:
        self._tail += data
        if len(self._tail) > self.TAIL_BYTES:
            del self._tail[: -self.TAIL_BYTES]
        self._group.append(self.name, message)
