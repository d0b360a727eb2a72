"""What the gateway needs of the rest of a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.engine.web_requests import WebRequest
from netful.functions.invocation import Invocation
from netful.services.message import Response

Invoke: TypeAlias = Callable[[str, bytes, str], Awaitable[Invocation]]
"""Runs a function, by its id, with an event and a trace's header."""

Send: TypeAlias = Callable[[WebRequest], Awaitable[Response]]
"""Sends a request to a web server; raises UnreachableError."""
