"""What the gateway needs of the rest of a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.functions.invocation import Invocation

Invoke: TypeAlias = Callable[[str, bytes, str], Awaitable[Invocation]]
"""Runs a function, by its id, with an event and a trace's header."""
