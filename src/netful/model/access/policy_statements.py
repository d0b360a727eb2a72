"""Statements of IAM policy documents, as they are kept apart from their documents."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import listed


def statements(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the statements of a document, each with the document's version, on which policy variables depend."""
    version = {"Version": document["Version"]} if "Version" in document else {}
    found = listed(document.get("Statement"))
    return tuple({**version, **one} if version and isinstance(one, Mapping) else one for one in found)
