"""HTTP headers as a sequence of names and values, and the few things that are done to them. Names have no case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Names as they were written, in their order, repeated where they were repeated."""


def has(headers: Headers, name: str) -> bool:
    """Whether a header is there."""
    return any(known.lower() == name.lower() for known, _ in headers)


def value_of(headers: Headers, name: str) -> str:
    """A header's first value; "" where it is not there."""
    return next((value for known, value in headers if known.lower() == name.lower()), "")


def replaced(headers: Headers, changes: Mapping[str, str]) -> Headers:
    """The headers with these instead of their own of the same names."""
    names = {name.lower() for name in changes}
    return (*((name, value) for name, value in headers if name.lower() not in names), *changes.items())


def with_defaults(headers: Headers, defaults: Mapping[str, str]) -> Headers:
    """The headers, and those of these that are missing."""
    return (*headers, *((name, value) for name, value in defaults.items() if not has(headers, name)))


def without(headers: Headers, *names: str) -> Headers:
    """The headers but for these."""
    gone = {name.lower() for name in names}
    return tuple((name, value) for name, value in headers if name.lower() not in gone)
