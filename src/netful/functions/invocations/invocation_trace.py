"""Trace of an invocation: a segment of the function, with its cold start and its handler as parts.

Segments that the function sends are children of the handler's part, whose id its trace header has.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from netful.engine.traces.tracer import Tracer, flags
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.requests import InvocationRequest
from netful.model.functions.function import Function

_ORIGIN = "AWS::Lambda::Function"
ENVIRONMENT, INITIALIZATION, INVOCATION = "environment", "Initialization", "Invocation"


class InvocationTrace:
    """The trace of one invocation. `onward` is the header that the function receives."""

    def __init__(self, tracer: Tracer, function: Function, header: str) -> None:
        self._segment = tracer.segment(header, function.id, _ORIGIN)
        self._handler = self._segment.part_id()
        self._callers = tracer.callers
        self._callers[self._handler] = function.id
        self._marks: Mapping[str, bool] = {}

    @property
    def onward(self) -> str:
        """The header of the requests that the function sends."""
        return self._segment.onward(self._handler)

    @contextmanager
    def of(self, request: InvocationRequest) -> Iterator[None]:
        """Record the segment when the block ends: with the result that `done` was given, or with what ended it before."""
        aws: dict[str, Any] = {"request_id": request.request_id}
        try:
            yield
        except BaseException as error:
            status = error.status if isinstance(error, InvokeRefused) else 500
            self._end(status, flags(status), aws)
            raise
        self._end(200, self._marks, aws)

    def done(self, ran: Invocation) -> Invocation:
        """Add the parts of an invocation that ran, and return it."""
        ended = self._segment.now()
        begun = max(ended - ran.usage.duration_ms / 1000, self._segment.begun)
        self._add_start(begun, ran.usage.init_ms)
        self._marks = {"fault": True} if ran.function_error else {}
        self._segment.part(INVOCATION, begun, ended, self._handler, **self._marks)
        return ran

    def _end(self, status: int, marks: Mapping[str, bool], aws: dict[str, Any]) -> None:
        self._callers.pop(self._handler, None)
        self._segment.end(aws=aws, http={"response": {"status": status}}, **marks)

    def _add_start(self, until: float, init_ms: float | None) -> None:
        """Add the cold start. An environment that was made ahead has none here."""
        if init_ms is None:
            return
        begun = until - init_ms / 1000
        if begun < self._segment.begun:
            return
        self._segment.part(ENVIRONMENT, self._segment.begun, begun)
        self._segment.part(INITIALIZATION, begun, until)
