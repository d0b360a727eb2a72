"""Log of a function: events in order, bounded in memory, with subscribers.

An event is a line of the function's output. awslambdaric joins the lines of one error by carriage returns, which become
newlines (lambda §3.7); other carriage returns stay in their line.
An empty line is an event too: each event counts with the overhead that CloudWatch adds.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice

import msgspec

EVENT_OVERHEAD = 26
"""Bytes that CloudWatch adds to the size of each event."""

PIECE_BYTES = 2048
"""Bytes of output that one turn of the event loop reads and makes events of: if all of them are newlines, some milliseconds."""

_OF_SEVERAL_LINES = re.compile(
    rb"\[ERROR\] "  # an error as awslambdaric writes it
    rb"|\[[A-Z]+\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]*\t"  # a record of Python's logging
    rb"|\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]+\t[A-Z]+\t"  # a line of Node.js's console
)
"""The beginning of what a runtime writes as one event: a carriage return in it is a newline."""
_KEPT_BYTES = 1 << 20
_EVENT_BYTES = 1 << 18  # CloudWatch's limit for one event


class LogEvent(msgspec.Struct, frozen=True, gc=False):
    """One event of a log stream; a stream is one execution environment.

    Each invocation makes three, so they must be cheap. They refer to nothing, so the garbage collector does not count them: forty
    thousand short lines would make it look at the whole stack.
    """

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
        self._followers: set[asyncio.Event] = set()

    def append(self, stream: str, message: str) -> None:
        """Add an event; drop the oldest ones above the limit."""
        event = LogEvent(time.time_ns() // 1_000_000, stream, message)
        self._events.append(event)
        self._count += 1
        self._size += len(message) + EVENT_OVERHEAD
        while self._size > _KEPT_BYTES and len(self._events) > 1:
            self._size -= len(self._events.popleft().message) + EVENT_OVERHEAD
        for fresh in self._followers:
            fresh.set()

    @property
    def events(self) -> tuple[LogEvent, ...]:
        """Retained events, oldest first."""
        return tuple(self._events)

    def after(self, count: int) -> tuple[int, tuple[LogEvent, ...]]:
        """Return (total events, retained events after `count`)."""
        kept = len(self._events)
        return self._count, tuple(islice(self._events, kept - min(self._count - count, kept), None))

    @property
    def text(self) -> str:
        """Return the retained events as one text."""
        return "".join(event.message for event in self._events)

    async def follow(self) -> AsyncGenerator[LogEvent]:
        """Yield the retained events, then each new one. A slow reader misses the oldest: nothing is kept for it."""
        fresh = asyncio.Event()
        self._followers.add(fresh)
        at = 0
        try:
            while True:
                fresh.clear()
                while at < self._count:
                    oldest = self._count - len(self._events)
                    at = max(at, oldest) + 1
                    yield self._events[at - 1 - oldest]
                await fresh.wait()
        finally:
            self._followers.discard(fresh)


class _Lines:
    """Lines of an output that comes in pieces; a line without an end is cut at the size limit of an event."""

    def __init__(self) -> None:
        self._partial = bytearray()

    def of(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that the data completes."""
        *lines, last = data.split(b"\n")
        for line in lines:
            yield (self.rest() + line if self._partial else line) + b"\n"
        self._partial += last
        while len(self._partial) > _EVENT_BYTES:
            yield bytes(self._partial[:_EVENT_BYTES])
            del self._partial[:_EVENT_BYTES]

    def rest(self) -> bytes:
        """Return the line that has not ended, and forget it."""
        rest = bytes(self._partial)
        self._partial.clear()
        return rest


class LogStream:
    """Converter of an environment's output into events; keeps the tail for `LogType=Tail`.

    `listener` receives each event of the function and of extensions, as `function` or `extension`.
    """

    TAIL_BYTES = 4096

    def __init__(self, group: LogGroup, name: str) -> None:
        self.name = name
        self._group = group
        self.listener: Callable[[str, str], None] | None = None
        self._lines = _Lines()
        self._lines_of_extensions = _Lines()
        self._tail = bytearray()

    def write(self, data: bytes) -> None:
        """Add output of the function; an event ends with a newline, or at the size limit."""
        for line in self._lines.of(data):
            self._event(line)

    def write_of_extensions(self, data: bytes) -> None:
        """Add output of extensions."""
        for line in self._lines_of_extensions.of(data):
            self._event(line, "extension")

    def platform(self, line: str, *, in_tail: bool = True) -> None:
        """Add a line of Lambda, after the function's output without a newline; ignore an empty line."""
        rest = self._lines.rest()
        if rest:
            self._event(rest + b"\n")
        if line:
            self._tell(line.encode() if in_tail else b"", line)

    def take_tail(self) -> bytes:
        """Return the last 4 KB since the previous call."""
        tail, self._tail = bytes(self._tail), bytearray()
        return tail

    def _event(self, data: bytes, source: str = "function") -> None:
        if _OF_SEVERAL_LINES.match(data):
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
