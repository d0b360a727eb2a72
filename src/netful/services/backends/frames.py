"""Protocol between the daemon and the back end's process: a length and a MessagePack message, many in flight.

Every message to the process has an `id`, and its answer has the same one. A side ends when it sees the end of the stream.
"""

from collections.abc import Iterator

import msgspec

from netful.services.http.message import Headers

_LENGTH_SIZE = 4


READY = 0
"""Number of the answer that the process sends first, once it is cut off from the host and will die with the daemon."""


class FrameCall(msgspec.Struct, array_like=True, tag="call"):
    """A request for the service that answers on `host`, which is always one of AWS's public names."""

    id: int
    host: str
    method: str
    target: str
    headers: Headers
    body: bytes


class Load(msgspec.Struct, array_like=True, tag="load"):
    """Request to load the service that answers on `host`, before the first call to it."""

    id: int
    host: str


class Recall(msgspec.Struct, array_like=True, tag="recall"):
    """Request to repeat the calls of the journal at `path` and to continue it.

    The answer is 200 and the number of rejected calls, or 409 and the reason.
    """

    id: int
    path: str


class FrameReply(msgspec.Struct, array_like=True, tag=0):
    """The response to a call; an empty one for a load."""

    id: int
    status: int
    headers: Headers = ()
    body: bytes = b""


class Sent(msgspec.Struct, array_like=True, tag=1):
    """A message from a service to another one's resource: an event for a function, a message for a queue.

    `group` is the message group, for a queue that has groups. `ecs` is the target of a rule that runs tasks, as JSON, and `rule`
    is the rule's name. A function must let the `service` invoke it for the resource with the ARN `source`; "" where that is checked already.
    `trace` is the trace header of the call that caused a message of S3 or SNS. `attributes` are those of a message to a queue.
    `refused` is sent where the function does not let the service invoke it.
    """

    target: str
    text: str
    group: str = ""
    ecs: str = ""
    rule: str = ""
    service: str = ""
    source: str = ""
    trace: str = ""
    attributes: dict[str, str] = {}
    refused: "Sent | None" = None


class RoleCall(msgspec.Struct, array_like=True, tag=2):
    """A request that a state machine makes with its role, the ARN; the daemon answers it as it answers functions.

    A `host` with a scheme is a web server's; `role` then is who signs the request, "" if it is not signed.
    """

    id: int
    role: str
    host: str
    method: str
    target: str
    headers: Headers
    body: bytes


class RoleReply(msgspec.Struct, array_like=True, tag="role"):
    """The response to a RoleCall."""

    id: int
    status: int
    headers: Headers
    body: bytes


class MachineEvent(msgspec.Struct, array_like=True, tag=3):
    """An event in the history of a state machine's execution; `NOT_RUN` if the interpreter does not understand the machine.

    `logged` is the event as CloudWatch Logs has it, in the log `group` of the machine; both are "" if it is not logged there. Of a
    traced execution, `trace` is the header that started it, and `span` the id of the state that begins or ends, or else its own.
    """

    machine: str
    execution: str
    kind: str
    details: str
    logged: str = ""
    group: str = ""
    trace: str = ""
    span: str = ""


class CalledSchedule(msgspec.Struct, array_like=True, frozen=True):
    """A schedule that the back ends have. `source` is its service in events, `targets` are its targets as JSON, and it is due from `start` to `end`.

    `deleted_after`: it is to be deleted when it has been due for the last time.
    """

    id: str
    source: str
    arn: str
    expression: str
    zone: str
    targets: str
    start: float | None = None
    end: float | None = None
    deleted_after: bool = False


class Timetable(msgspec.Struct, array_like=True, tag=4):
    """All enabled schedules that the back ends have, each time that they change."""

    schedules: list[CalledSchedule]


NOT_RUN = "NotRun"

Message = FrameCall | Load | Recall | RoleReply
Initiative = Sent | RoleCall | MachineEvent | Timetable
"""A message of the process that answers nothing."""

Output = FrameReply | Initiative

_encoder = msgspec.msgpack.Encoder()


def frame(message: msgspec.Struct) -> bytes:
    """Return the bytes of a message."""
    return framed(_encoder.encode(message))


def framed(body: bytes) -> bytes:
    """Return a body after its length."""
    return len(body).to_bytes(_LENGTH_SIZE, "big") + body


class FrameBuffer:
    """Buffer that collects bytes and returns the complete messages, still encoded."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes; yield each message that they complete."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH_SIZE:
            end = _LENGTH_SIZE + int.from_bytes(self._buffer[:_LENGTH_SIZE], "big")
            if len(self._buffer) < end:
                return
            yield bytes(self._buffer[_LENGTH_SIZE:end])
            del self._buffer[:end]
