"""Traces of state machines: a segment for each execution that a traced call starts, and below it a span for each state."""

import json
import time
from collections.abc import Mapping

from netful.engine.traces.trace_header import TraceHeader
from netful.engine.traces.tracer import Document, Tracer, span
from netful.services.backends.frames import MachineEvent

STARTED, SUCCEEDED = "ExecutionStarted", "succeeded"
_ORIGIN = "AWS::StepFunctions::StateMachine"
_ENTERED, _EXITED = "StateEntered", "StateExited"
_MOST_STATES = 500  # of an execution; further ones have no span


class _Execution:
    """An execution that runs, with the spans of its states: those that it is in, and those that have ended."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.open: dict[str, tuple[str, float]] = {}
        self.states: list[Document] = []

    def note(self, event: MachineEvent, now: float) -> None:
        """Begin or end the span of a state."""
        if event.kind.endswith(_ENTERED) and len(self.open) + len(self.states) < _MOST_STATES:
            self.open[event.span] = str(json.loads(event.details).get("name")), now
        elif event.kind.endswith(_EXITED):
            self._close(event.span, now)

    def end(self, now: float, marks: Mapping[str, bool]) -> None:
        """End the states that the execution was in when it ended, with its marks."""
        for span_id in [*self.open]:
            self._close(span_id, now, **marks)

    def _close(self, span_id: str, now: float, **marks: bool) -> None:
        if span_id in self.open:
            name, begun = self.open.pop(span_id)
            self.states.append(span(span_id, name, begun, now, **marks))


class ExecutionTraces:
    """The executions that are traced and run."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._running: dict[tuple[str, str], _Execution] = {}

    def note(self, event: MachineEvent, name: str, end: str) -> None:
        """Note an event of a machine; `end` is the state in which an execution ends by it, "" for other events."""
        key, now = (event.machine, event.execution), time.time()
        if event.trace and event.kind == STARTED:
            self._running[key] = _Execution(now)
        execution = self._running.get(key)
        if execution is None:
            return
        execution.note(event, now)
        if end:
            del self._running[key]
            self._record(event, name, execution, now, {} if end == SUCCEEDED else {"fault": True})

    def _record(
        self, event: MachineEvent, name: str, execution: _Execution, now: float, marks: Mapping[str, bool]
    ) -> None:
        execution.end(now, marks)
        header = TraceHeader.of(event.trace)
        document = span(event.span, name, execution.begun, now, trace_id=header.root, origin=_ORIGIN, **marks)
        if header.parent:
            document["parent_id"] = header.parent
        if execution.states:
            document["subsegments"] = sorted(execution.states, key=lambda state: float(state["start_time"]))
        self._tracer.record(document)
