"""What the back ends hold, kept by the calls that made it: written down before they are answered, made again at a start.

moto itself keeps nothing. A call that may change something is recorded with its moment, and made in that moment, so that
made again it gives the same ids. One that was refused, or that found no message, changed nothing and is taken back.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from netful.services.backends.frames import Answer, Call
from netful.services.backends.journal import Journal
from netful.services.moto.dispatch import Dispatcher, failure
from netful.services.moto.moment import Moment, at, hold_clock

_log = logging.getLogger(__name__)

# Operations that change nothing, in the JSON and query protocols; with REST the method tells.
_LOOKS = re.compile(
    r"(?:Get(?!Id$|ActivityTask$)|List|Describe|BatchGet|TransactGet|Query|Scan|Search|Lookup|Filter|Test|Validate).*"
    r"|Decrypt|Encrypt|ReEncrypt|Sign|Verify|VerifyMac|Generate(?:DataKey\w*|Random|Mac)"
)
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_FORM = "application/x-www-form-urlencoded"
_OBJECT_HOST = "s3."  # whatever an object is made of, it is no form
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_RECEIVE = "ReceiveMessage"
_MESSAGES = (b'"Messages"', b"<Message>")


class Recorded(msgspec.Struct, array_like=True):
    """A call and its moment."""

    moment: Moment
    call: Call


class Recorder:
    """Answers calls by the dispatcher; from `recall` on it records those that may change something."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._journal: Journal | None = None
        self._encoder = msgspec.msgpack.Encoder()

    def recall(self, path: Path, answer: Callable[[Call], Answer]) -> int:
        """Make all calls again that the journal at `path` has, by `answer`; returns how many were refused this time.

        Raises StackError or OSError when the journal cannot be used.
        """
        hold_clock()
        journal, decoder = Journal(path), msgspec.msgpack.Decoder(Recorded)
        refused = 0
        for record in journal.records():
            one = decoder.decode(record)
            with at(one.moment):
                status = answer(one.call).status
            if status >= 400:
                refused += 1
                _log.warning(
                    "%s %s%s was answered %d when it was made again",
                    one.call.method,
                    one.call.host,
                    one.call.target,
                    status,
                )
        self._journal = journal
        return refused

    def answer(self, call: Call) -> Answer:
        """Answer a call."""
        if self._journal is None or not may_change(call):
            return self._dispatcher.answer(call)
        moment = Moment.now()
        try:
            self._journal.append(self._encoder.encode(Recorded(moment, call)))
        except OSError as error:
            _log.error("the state was not written: %s", error)  # where is known
            why = f"the state cannot be written, so nothing was done: {error.strerror}"
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


def may_change(call: Call) -> bool:
    """Whether a call is one that may change something."""
    operation = _operation(call)
    return not _LOOKS.fullmatch(operation) if operation else call.method not in _READ_METHODS


def _operation(call: Call) -> str:
    """The operation's name; nothing for the REST protocols."""
    if call.method != "POST" or _OBJECT_HOST in call.host:
        return ""
    headers = {name.lower(): value for name, value in call.headers}
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    found = _ACTION.search(call.body) if headers.get("content-type", "").startswith(_FORM) else None
    return found[1].decode() if found else ""


def _nothing_received(call: Call, answer: Answer) -> bool:
    return _operation(call) == _RECEIVE and not any(mark in answer.body for mark in _MESSAGES)
