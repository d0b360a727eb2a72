"""HTTP headers as a sequence of names and values, and operations on them. Names are case-insensitive."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Names in their original spelling and order, with repetitions."""


def by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values of each name, of headers or of a query, in their order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def has(headers: Headers, name: str) -> bool:
    """Return whether a header is present."""
    return any(known.lower() == name.lower() for known, _ in headers)


def value_of(headers: Headers, name: str) -> str:
    """Return a header's first value; "" if it is missing."""
    return next((value for known, value in headers if known.lower() == name.lower()), "")


def replaced(headers: Headers, changes: Mapping[str, str]) -> Headers:
    """Return the headers, with `changes` in place of headers of the same names."""
    names = {name.lower() for name in changes}
    return (*((name, value) for name, value in headers if name.lower() not in names), *changes.items())


def with_defaults(headers: Headers, defaults: Mapping[str, str]) -> Headers:
    """Return the headers, with the missing ones of `defaults`."""
    return (*headers, *((name, value) for name, value in defaults.items() if not has(headers, name)))


def without(headers: Headers, *names: str) -> Headers:
    """Return the headers without the named ones."""
    gone = {name.lower() for name in names}
    return tuple((name, value) for name, value in headers if name.lower() not in gone)
