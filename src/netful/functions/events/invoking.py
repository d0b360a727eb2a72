"""Invocation of a function by event sources: its id and an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.functions.invocations.invocation import Invocation

InvokeFunction: TypeAlias = Callable[[str, bytes], Awaitable[Invocation]]
"""Runs a function once. Raises InvokeRefused if Lambda's API would refuse, NetfulError if netful cannot run it."""
