"""What the daemon and the back end's process say to each other: a length and a MessagePack message, many in flight.

Every message to the process bears an `id`; its answer bears the same. A side that sees the stream end, ends.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from netful.services.http.message import Headers

_LENGTH_SIZE = 4


READY = 0
"""The number of the answer that the process gives unasked, once it is cut off from the host and will die with it."""


class Call(msgspec.Struct, array_like=True, tag="call"):
    """A request for the service that answers on `host`, which is always one of AWS's public names."""

    id: int
    host: str
    method: str
    target: str
    headers: Headers
    body: bytes


class Load(msgspec.Struct, array_like=True, tag="load"):
    """Load the service that answers on `host`, ahead of the first call to it."""

    id: int
    host: str


class Recall(msgspec.Struct, array_like=True, tag="recall"):
    """Make what the journal at `path` tells, and go on with it; answered by 200 and how much was refused, or 409 and why."""

    id: int
    path: str


class Answer(msgspec.Struct, array_like=True, tag=0):
    """The response to a call; to a load, an empty one."""

    id: int
    status: int
    headers: Headers = ()
    body: bytes = b""


class Sent(msgspec.Struct, array_like=True, tag=1):
    """What a service sends by itself to another one's resource: an event for a function, a message for a queue.

    `group`: the message group, for a queue that has groups.
    """

    target: str
    text: str
    group: str = ""


Message = Call | Load | Recall
Told = Answer | Sent

_encoder = msgspec.msgpack.Encoder()


def frame(message: msgspec.Struct) -> bytes:
    """The bytes of a message."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH_SIZE, "big") + body


class FrameBuffer:
    """Collects bytes and gives out the messages that are whole, still encoded."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes; yields each message that they complete."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH_SIZE:
            end = _LENGTH_SIZE + int.from_bytes(self._buffer[:_LENGTH_SIZE], "big")
            if len(self._buffer) < end:
                return
            yield bytes(self._buffer[_LENGTH_SIZE:end])
            del self._buffer[:end]
