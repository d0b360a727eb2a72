"""What the daemon and a worker say to each other: MessagePack behind a length, many in flight (`services.backends.frames`).

A question bears an `id` of the side that asks; its `Reply` bears the same. What has no answer has none, or that of what it
goes with. Models of the cloud go as pickles: both sides are the same program, and nobody else can write to the stream.
"""

from __future__ import annotations

import msgspec

from netful.functions.invocations.invocation import Invocation
from netful.services.http.message import Address, Headers


class Question(msgspec.Struct, array_like=True):
    """Is answered by a `Reply` with the same number."""

    id: int


class Reply(msgspec.Struct, array_like=True):
    """Answers the question of its number."""

    id: int


# --- a worker asks ----------------------------------------------------------------------------------------------------


class Forward(Question, tag="forward"):
    """A whole request that is not the worker's: by a door's kind, VPC and endpoint, and all else of its connection."""

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


class InvokeStreaming(Question, tag="stream"):
    """Run a function; its answer is a response, whose pieces are what it streams."""

    function_id: str
    event: bytes
    trace_id: str
    qualifier: str


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
    """The same, but that the answer's body comes in pieces."""

    request: bytes


class Next(Question, tag="next"):
    """The next piece of the streamed response to question `of`."""

    of: int


class Take(msgspec.Struct, array_like=True, tag="take"):
    """The client of question `of` has its 101: what speaks with it begins."""

    of: int


class Gone(msgspec.Struct, array_like=True, tag="gone"):
    """Nobody waits for the answer to question `of` any more, or for the rest of it."""

    of: int


class InvokeLater(msgspec.Struct, array_like=True, tag="later"):
    """Have a function run some time."""

    function_id: str
    event: bytes
    qualifier: str


class Line(msgspec.Struct, array_like=True, tag="line"):
    """A line for an access log."""

    api_id: str
    stage: str
    destination: str | None
    line: str


# --- the daemon asks --------------------------------------------------------------------------------------------------


class Begin(Question, tag="begin"):
    """Answer for a cloud; `duty` says how. Both are pickled."""

    duty: bytes
    cloud: bytes


class Change(Question, tag="change"):
    """Answer for another cloud from now on."""

    cloud: bytes


class Tell(Question, tag="tell"):
    """What was used and kept, as JSON."""


class Measure(Question, tag="measure"):
    """What was counted since this was last asked, as JSON."""


class Flush(Question, tag="flush"):
    """Empty a stage's cache, or that of its authorizers."""

    stage_id: str
    authorizers: bool


class Shut(msgspec.Struct, array_like=True, tag="shut"):
    """Serve a door no more."""

    number: int


# --- answers, and what goes to and fro behind a 101 -------------------------------------------------------------------


class Done(Reply, tag="done"):
    """It is done; `told` is what was asked for."""

    told: bytes = b""


class Answer(Reply, tag="answer"):
    """A response. `more` says what follows: nothing, pieces to be asked for, or another protocol."""

    status: int
    headers: Headers
    body: bytes = b""
    own: Headers = ()
    more: int = 0


NOTHING, PIECES, PROTOCOL = 0, 1, 2


class Ran(Reply, tag="ran"):
    """What a function gave back."""

    invocation: Invocation


class Piece(Reply, tag="piece"):
    """A piece of a streamed response; None behind the last."""

    data: bytes | None


class Failed(Reply, tag="failed"):
    """It was not to be: why, in the words of one of `faults`."""

    kind: str
    words: tuple[str, ...]


class Bytes(msgspec.Struct, array_like=True, tag="bytes"):
    """What a client or its server says behind the 101 of question `of`."""

    of: int
    data: bytes


class End(msgspec.Struct, array_like=True, tag="end"):
    """The server ends the connection of question `of`: once all is sent, or at once."""

    of: int
    abort: bool


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
    | Done
    | Bytes
)
ToWorker = Begin | Change | Tell | Measure | Flush | Shut | Answer | Ran | Piece | Failed | Bytes | End
