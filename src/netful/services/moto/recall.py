"""State of the back ends, kept as the calls that made it: recorded before they are answered, repeated at a start.

moto itself stores nothing. A call that may change state is recorded with its moment and made in that moment, so that its
repetition returns the same ids. A rejected call, or one that received no message, changed nothing: its record is removed.
"""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.backends.journal import Journal
from netful.services.moto.dispatch import Dispatcher, failure
from netful.services.moto.moment import Moment, at, hold_clock
from netful.services.moto.refusals import nothing_refused

_log = logging.getLogger(__name__)

# Operations that change nothing that is kept, in the JSON and query protocols. With REST the method decides. Executions of
# state machines are not kept: their repetition would call functions again.
_LOOKS = re.compile(
    r"(?:Get(?!Id$|ActivityTask$)|List|Describe|BatchGet|TransactGet|Query|Scan|Search|Lookup|Filter|Test|Validate).*"
    r"|Start(?:Sync)?Execution|StopExecution|SendTask(?:Success|Failure|Heartbeat)|Decrypt|Encrypt|ReEncrypt|Sign|Verify|VerifyMac|Generate(?:DataKey\w*|Random|Mac)"
)
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_FORM = "application/x-www-form-urlencoded"
_OBJECT_HOST = "s3."  # the body of an object is never a form
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_RECEIVE = "ReceiveMessage"
_MESSAGES = (b'"Messages"', b"<Message>")


class Recorded(msgspec.Struct, array_like=True):
    """A call and its moment."""

    moment: Moment
    call: FrameCall


class Recorder:
    """Recorder in front of the dispatcher. After `recall` it records the calls that may change state."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._journal: Journal | None = None
        self._encoder = msgspec.msgpack.Encoder()

    def recall(self, path: Path, answer: Callable[[FrameCall], FrameReply]) -> int:
        """Repeat all calls of the journal at `path` by `answer`; return the number of calls that are rejected this time.

        Raise StackError or OSError if the journal cannot be used.
        """
        hold_clock()
        journal, decoder = Journal(path), msgspec.msgpack.Decoder(Recorded)
        refused = 0
        for record in journal.records():
            one = decoder.decode(record)
            if not may_change(one.call):  # an earlier version recorded it
                continue
            with at(one.moment), nothing_refused():
                status = answer(one.call).status
            if status >= 400:
                refused += 1
                _log.warning("repeating %s %s%s returned %d", one.call.method, one.call.host, one.call.target, status)
        self._journal = journal
        return refused

    def answer(self, call: FrameCall) -> FrameReply:
        """Answer a call."""
        if self._journal is None or not may_change(call):
            return self._dispatcher.answer(call)
        moment = Moment.now()
        try:
            self._journal.append(self._encoder.encode(Recorded(moment, call)))
        except OSError as error:
            _log.error("cannot write the state: %s", error)  # no traceback: the place is known
            why = f"the state cannot be written, so the call was not executed: {error.strerror}"
            return failure(call, 503, "ServiceUnavailable", why)
        kept = False
        try:
            with at(moment):
                answer = self._dispatcher.answer(call)
            kept = not 400 <= answer.status < 500 and not _nothing_received(call, answer)
        finally:
            if not kept:
                self._journal.undo()
        return answer


def may_change(call: FrameCall) -> bool:
    """Return whether a call may change state."""
    operation = _operation(call)
    return not _LOOKS.fullmatch(operation) if operation else call.method not in _READ_METHODS


def _operation(call: FrameCall) -> str:
    """Return the operation's name, "" for the REST protocols."""
    if call.method != "POST" or _OBJECT_HOST in call.host:
        return ""
    headers = {name.lower(): value for name, value in call.headers}
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    found = _ACTION.search(call.body) if headers.get("content-type", "").startswith(_FORM) else None
    return found[1].decode() if found else ""


def _nothing_received(call: FrameCall, answer: FrameReply) -> bool:
    return _operation(call) == _RECEIVE and not any(mark in answer.body for mark in _MESSAGES)
