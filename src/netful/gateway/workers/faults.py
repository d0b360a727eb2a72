"""Errors that cross the stream: those that the gateway handles, by their names."""

from netful.functions.invocations.invocation import InvokeRefused
from netful.gateway.integrations.streaming import BrokenOffError
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.core.errors import NetfulError, StackError

KNOWN = (InvokeRefused, UnreachableError, BrokenOffError, NetfulError)

_MISCONFIGURED = "misconfigured"


def words_of(error: Exception) -> tuple[str, tuple[str, ...]]:
    """Return an error as text."""
    if isinstance(error, InvokeRefused):
        return "refused", (str(error.status), error.code, error.message, error.reason)
    if isinstance(error, UnreachableError):
        return "unreachable", (str(error), _MISCONFIGURED if error.misconfigured else "")
    if isinstance(error, BrokenOffError):
        return "broken off", (str(error),)
    return "failed", (str(error),)


def error_of(kind: str, words: tuple[str, ...]) -> Exception:
    """Return the error for a text."""
    if kind == "refused":
        status, code, message, reason = words
        return InvokeRefused(int(status), code, message, reason)
    if kind == "unreachable":
        return UnreachableError(words[0], misconfigured=words[1] == _MISCONFIGURED)
    if kind == "broken off":
        return BrokenOffError(words[0])
    return StackError(words[0])
