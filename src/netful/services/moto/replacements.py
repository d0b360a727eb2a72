"""Replacements of moto's functions: each has the one that it replaces as its first argument."""

from collections.abc import Callable
from typing import Any


def replacing(owner: Any, name: str = "") -> Callable[[Callable[..., Any]], None]:
    """Put a function in the place of that with its name, or another one, in a class or a module of moto."""

    def put(function: Callable[..., Any]) -> None:
        original = getattr(owner, name or function.__name__)
        setattr(owner, name or function.__name__, lambda *given, **named: function(original, *given, **named))

    return put
