"""Trace header of the call that is being answered, for what the call starts: executions and messages."""

from contextvars import ContextVar

from netful.services.backends.frames import FrameCall

TRACE: ContextVar[str] = ContextVar("trace", default="")
"""The header, "" without one. The threads of an execution inherit it."""

_HEADER = "x-amzn-trace-id"


def note_trace(call: FrameCall) -> None:
    """Set the header to that of a call."""
    TRACE.set(next((value for name, value in call.headers if name.lower() == _HEADER), ""))
