"""Messages between the daemon and a worker: MessagePack after a length, many in flight (`services.backends.frames`).

A question has an `id` of the side that asks; its `Reply` has the same `id`. A message without a reply has no `id`, or the id
of the question that it belongs to. Models of the cloud are sent as pickles: both sides are the same program, and no other
program can write to the stream.
"""

import msgspec

from netful.functions.invocations.invocation import Invocation
from netful.services.http.message import Address, Headers


class Question(msgspec.Struct, array_like=True):
    """Message that a `Reply` with the same number answers."""

    id: int


class Reply(msgspec.Struct, array_like=True):
    """Answer to the question with this number."""

    id: int


# --- a worker asks ----------------------------------------------------------------------------------------------------


class Forward(Question, tag="forward"):
    """Answer a whole request that the worker does not serve: with the kind, VPC and endpoint of its door, and its connection."""

    door: tuple[str, str | None, str | None]
    client: Address
    server: Address
    tls: bool
    sni: str | None
    method: str
    target: str
    headers: Headers
    body: bytes
    version: str


class Invoke(Question, tag="invoke"):
    """Run a function."""

    function_id: str
    event: bytes
    trace_id: str
    qualifier: str
    tenant_id: str = ""


class InvokeStreaming(Question, tag="stream"):
    """Run a function; the answer is a response, whose pieces are the function's stream."""

    function_id: str
    event: bytes
    trace_id: str
    qualifier: str
    tenant_id: str = ""


class CallHost(Question, tag="host"):
    """Call the service that answers on a host."""

    host: str
    method: str
    target: str
    headers: Headers
    body: bytes


class Send(Question, tag="send"):
    """Send a request to a web server; `request` is a pickled `WebRequest`."""

    request: bytes


class SendStreaming(Question, tag="open"):
    """Send a request to a web server; its answer comes in pieces; `request` is a pickled `WebRequest`."""

    request: bytes


class Next(Question, tag="next"):
    """Return the next piece of the streamed response to question `of`."""

    of: int


class Take(msgspec.Struct, array_like=True, tag="take"):
    """Begin the other protocol: the client of question `of` has received its 101."""

    of: int


class Gone(msgspec.Struct, array_like=True, tag="gone"):
    """Give up question `of`: its client no longer waits for the answer, or for the rest of it."""

    of: int


class InvokeLater(msgspec.Struct, array_like=True, tag="later"):
    """Put an event into the queue of a function."""

    function_id: str
    event: bytes
    qualifier: str
    tenant_id: str = ""


class Line(msgspec.Struct, array_like=True, tag="line"):
    """Write a line of an access log."""

    api_id: str
    stage: str
    destination: str | None
    line: str


class Segment(msgspec.Struct, array_like=True, tag="segment"):
    """Keep a segment of a trace, as JSON."""

    document: bytes


# --- the daemon asks --------------------------------------------------------------------------------------------------


class Begin(Question, tag="begin"):
    """Answer for a cloud, with settings. Both are pickled."""

    settings: bytes
    cloud: bytes


class Change(Question, tag="change"):
    """Answer for another cloud from now on."""

    cloud: bytes


class Status(Question, tag="status"):
    """Return the use of buckets, quotas and caches, as JSON."""


class Measure(Question, tag="measure"):
    """Return the metrics since the last time, as JSON."""


class Flush(Question, tag="flush"):
    """Empty a stage's cache, or that of its authorizers."""

    stage_id: str
    authorizers: bool


class Shut(msgspec.Struct, array_like=True, tag="shut"):
    """Stop serving a door."""

    number: int


# --- replies, and messages after a 101 --------------------------------------------------------------------------------


class Done(Reply, tag="done"):
    """Success; `result` is the requested value."""

    result: bytes = b""


class WorkerReply(Reply, tag="answer"):
    """A response. `more` is the kind of what follows it: nothing, pieces to fetch, or another protocol."""

    status: int
    headers: Headers
    body: bytes = b""
    own: Headers = ()
    more: int = 0


NOTHING, PIECES, PROTOCOL = 0, 1, 2


class Ran(Reply, tag="ran"):
    """The result of a function."""

    invocation: Invocation


class Piece(Reply, tag="piece"):
    """A piece of a streamed response; None after the last."""

    data: bytes | None


class Failed(Reply, tag="failed"):
    """A failure, as an error of `faults`."""

    kind: str
    words: tuple[str, ...]


class Bytes(msgspec.Struct, array_like=True, tag="bytes"):
    """Bytes of a client or its server after the 101 of question `of`."""

    of: int
    data: bytes


class End(msgspec.Struct, array_like=True, tag="end"):
    """End the connection of question `of`: after all bytes are sent, or at once."""

    of: int
    abort: bool


class Hold(msgspec.Struct, array_like=True, tag="hold"):
    """Send no more bytes of question `of`, because the receiver is full; or send again."""

    of: int
    held: bool


ToDaemon = (
    Forward
    | Invoke
    | InvokeStreaming
    | CallHost
    | Send
    | SendStreaming
    | Next
    | Take
    | Gone
    | InvokeLater
    | Line
    | Segment
    | Done
    | Bytes
    | Hold
)
ToWorker = Begin | Change | Status | Measure | Flush | Shut | WorkerReply | Ran | Piece | Failed | Bytes | End | Hold
