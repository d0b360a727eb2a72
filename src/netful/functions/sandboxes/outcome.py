"""Outcomes of a phase of an execution environment, and the resulting faults (lambda §3.1, §3.8)."""

import msgspec

from netful.functions.invocations import faults
from netful.functions.invocations.faults import Exit, Fault
from netful.functions.sandboxes.report import Lines
from netful.model.core import Frozen


class Ready(Frozen):
    """An init succeeded: the runtime and every extension wait for their first event."""


class RuntimeReport(msgspec.Struct, frozen=True):
    """A runtime's report: `error_type` is empty for a response. `too_large`: the body was dropped.

    A streamed response has been passed on already: its payload is empty. `peak_kb` is the peak memory that the runtime reports.
    """

    payload: bytes
    error_type: str = ""
    too_large: bool = False
    peak_kb: int = 0


class ExtensionFailed(Frozen):
    """An extension failed, exited, or could not start."""

    error_type: str
    message: str


class Expired(Frozen):
    """The time limit was reached."""


Outcome = Ready | RuntimeReport | Exit | ExtensionFailed | Expired


def fault_of(outcome: Outcome, request_id: str, timeout: float) -> Fault | None:
    """Return the fault of an outcome, None for a response."""
    match outcome:
        case RuntimeReport(error_type="", too_large=False):
            return None
        case RuntimeReport(too_large=True):
            return faults.response_too_large()
        case RuntimeReport(payload=payload, error_type=error_type):
            return Fault(payload, error_type)
        case Exit():
            return faults.ended(request_id, outcome.error_type, outcome.reason)
        case ExtensionFailed(error_type=error_type, message=message):
            return faults.ended(request_id, error_type, message)
        case _:
            return faults.timed_out(request_id, timeout)


def error_type_of(outcome: Outcome) -> str:
    """Return the type of an outcome's error; "" for success and for a time limit."""
    return "" if isinstance(outcome, Ready | Expired) else outcome.error_type


def init_line(lines: Lines, outcome: Outcome, elapsed_ms: float, phase: str) -> str:
    """Return the INIT_REPORT of an init that failed."""
    status = "timeout" if isinstance(outcome, Expired) else "error"
    return lines.init_report(elapsed_ms, phase, status, error_type_of(outcome))
