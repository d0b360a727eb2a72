"""Resolved values: their unknowns, and their conversion to text."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from netful.model.core import Origin, Unknown
from netful.sources.files.complaint import fail

NO_VALUE: Final = object()
"""The value of `Ref: AWS::NoValue`."""


HOLE: Final = "?"
"""The place of an unknown value in a text."""


def merged(unknowns: Iterable[Unknown], text: str = "") -> Unknown:
    """Return one unknown with the reasons and the needs of several; `text` has the references of them, or `HOLE`, in their places."""
    all_of = list(unknowns)
    whys = dict.fromkeys(u.why for u in all_of)
    needs = tuple(dict.fromkeys(need for u in all_of for need in u.needs))
    reference = text if all(u.reference for u in all_of) else ""
    return Unknown("; ".join(whys), needs, reference, computed=True, partly=text)


def in_text(unknown: Unknown) -> str:
    """Return what stands for an unknown value within a text."""
    return unknown.reference or unknown.partly or HOLE


def unknowns_in(value: Any) -> list[Unknown]:
    """Return every unknown within a value."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, Mapping):
        return [u for member in value.values() for u in unknowns_in(member)]
    if isinstance(value, (list, tuple)):
        return [u for item in value for u in unknowns_in(item)]
    return []


def as_text(value: Any, origin: Origin) -> str | Unknown:
    """Return a value as text within a larger text."""
    if isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list):
        unknowns = unknowns_in(value)
        return merged(unknowns) if unknowns else ",".join(str(as_text(item, origin)) for item in value)
    return fail("a text is needed here", origin, hint="a list or a mapping cannot stand inside a text")
