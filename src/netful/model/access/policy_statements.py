"""Statements of IAM policy documents, as they are kept apart from their documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def listed(value: Any) -> list[Any]:
    """Return an element of a policy as a list: IAM takes a single value in place of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def statements(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the statements of a document, each with the document's version, on which policy variables depend."""
    version = {"Version": document["Version"]} if "Version" in document else {}
    found = listed(document.get("Statement"))
    return tuple({**version, **one} if version and isinstance(one, Mapping) else one for one in found)
