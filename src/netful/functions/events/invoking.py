"""How event sources invoke a function: by its id and an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.functions.invocations.invocation import Invocation

InvokeFunction: TypeAlias = Callable[[str, bytes], Awaitable[Invocation]]
"""Runs a function once. Raises InvokeRefused where Lambda's API would, NetfulError where netful cannot run it."""
