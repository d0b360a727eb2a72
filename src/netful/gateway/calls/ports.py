"""What the gateway needs of the rest of a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from netful.engine.integrations.web_requests import WebRequest
from netful.functions.invocations.invocation import Invocation
from netful.services.http.message import Response


class Invoke(Protocol):
    """Runs a function, by its id, with an event and a trace's header; a `qualifier` is a version's or an alias's."""

    def __call__(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str = ""
    ) -> Coroutine[Any, Any, Invocation]:
        """What it gave; raises InvokeRefused, or NetfulError."""


class InvokeStreaming(Protocol):
    """Runs a function as `Invoke` does; what it streams is a response's stream (gateway.streaming.of_function)."""

    def __call__(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str = ""
    ) -> Coroutine[Any, Any, Response]:
        """What it streams, once it has begun; raises InvokeRefused, or NetfulError."""


InvokeLater: TypeAlias = Callable[[str, bytes, str], None]
"""Has a function, by its id, run with an event some time, by a qualifier."""

Send: TypeAlias = Callable[[WebRequest], Awaitable[Response]]
"""Sends a request to a web server; raises UnreachableError."""
