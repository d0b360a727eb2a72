"""Result of an invocation, and the refusals of the Invoke API (lambda §3.7, §3.8, §4.3, §5.5).

Objects of every invocation, here and in the modules beside, are msgspec structures: a frozen dataclass takes several times
as long to make.
"""

import math

import msgspec


class Usage(msgspec.Struct, frozen=True):
    """Usage of an invocation; `init_ms` is set on a cold start."""

    duration_ms: float
    init_ms: float | None
    max_memory_mb: int

    @property
    def billed_ms(self) -> int:
        """Billed milliseconds, init included since August 2025 (§8.1)."""
        return math.ceil(self.duration_ms + (self.init_ms or 0.0))


class Invocation(msgspec.Struct, frozen=True):
    """Outcome of one invocation: `function_error` is `Unhandled` if the function failed, else None.

    `log_tail` is the last 4 KB of its log.
    """

    request_id: str
    payload: bytes
    function_error: str | None
    log_tail: bytes
    usage: Usage
    status: int = 200
    executed_version: str = "$LATEST"


class InvokeRefused(Exception):  # noqa: N818  # AWS's codes end in Exception; this is what bears them
    """The Invoke API returned an error: the function did not run."""

    def __init__(self, status: int, code: str, message: str, reason: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason


def throttled(reason: str) -> InvokeRefused:
    """Return a 429 for one of the reasons in §4.3."""
    return InvokeRefused(429, "TooManyRequestsException", "Rate Exceeded.", reason)
