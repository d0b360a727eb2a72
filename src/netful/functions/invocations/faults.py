"""Payloads of AWS for functions that did not respond (lambda §3.8)."""

import signal

import msgspec

from netful.model.core import Frozen

MAX_PAYLOAD = 6 * 1024 * 1024
MAX_RESPONSE = MAX_PAYLOAD + 100
EXIT_ERROR = "Runtime.ExitError"

# Go's names, which AWS's process supervisor prints; for other signals the number is enough.
_SIGNAL_NAMES = {
    signal.SIGHUP: "hangup", signal.SIGINT: "interrupt", signal.SIGQUIT: "quit", signal.SIGILL: "illegal instruction",
    signal.SIGTRAP: "trace/breakpoint trap", signal.SIGABRT: "aborted", signal.SIGBUS: "bus error",
    signal.SIGFPE: "floating point exception", signal.SIGKILL: "killed", signal.SIGUSR1: "user defined signal 1",
    signal.SIGSEGV: "segmentation fault", signal.SIGUSR2: "user defined signal 2", signal.SIGPIPE: "broken pipe",
    signal.SIGALRM: "alarm clock", signal.SIGTERM: "terminated",
}  # fmt: skip


class Exit(Frozen):
    """End of a sandbox: an exit code, a signal, or `failed` before the runtime ran.

    `error_type` and `error` say why the program of an image could not be started.
    """

    code: int | None = None
    signal: int | None = None
    failed: str = ""
    peak_mb: int = 0
    error_type: str = EXIT_ERROR
    error: str = ""

    @property
    def reason(self) -> str:
        """AWS's text for it."""
        if self.error:
            return self.error
        if self.signal is not None:
            name = _SIGNAL_NAMES.get(signal.Signals(self.signal), f"signal {self.signal}")
            return f"Runtime exited with error: signal: {name}"
        if self.code:
            return f"Runtime exited with error: exit status {self.code}"
        return "Runtime exited without providing a reason"


class Fault(Frozen):
    """A failed invocation: its payload, and the error type and status in REPORT."""

    payload: bytes
    error_type: str
    status: str = "error"


def timed_out(request_id: str, timeout: float) -> Fault:
    """Return the fault of a function that ran longer than its timeout."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
    return _fault("Sandbox.Timedout", message, "timeout")


def ended(request_id: str, error_type: str, message: str) -> Fault:
    """Return the fault of a runtime or an extension that failed, or that ended without a response."""
    return _fault(error_type, f"RequestId: {request_id} Error: {message}")


def response_too_large() -> Fault:
    """Return the fault of a response that is too large for a synchronous invocation."""
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
    payload = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
    return Fault(msgspec.json.encode(payload), "Function.ResponseSizeTooLarge")


def _fault(error_type: str, message: str, status: str = "error") -> Fault:
    payload = msgspec.json.encode({"errorType": error_type, "errorMessage": message})
    return Fault(payload, error_type, status)
