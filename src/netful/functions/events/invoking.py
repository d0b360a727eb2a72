"""Invocation of a function by event sources: its id and an event."""

from collections.abc import Awaitable
from typing import Protocol

from netful.functions.invocations.invocation import Invocation


class InvokeFunction(Protocol):
    """Runs a function once. Raises InvokeRefused if Lambda's API would refuse, NetfulError if netful cannot run it."""

    def __call__(self, function_id: str, event: bytes, trace_id: str = "", /) -> Awaitable[Invocation]:
        """Run it by its id, with an event, and the header of a trace that it continues."""
