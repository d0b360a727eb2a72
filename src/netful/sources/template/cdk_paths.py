"""Construct path of a resource in the CDK's application, from its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OWN = ("Resource", "Default")  # the name that constructs give to their own resource


def construct_path(metadata: Any) -> str:
    """Return the path of the construct of a resource, `Stack/Orders/Function`; "" if the metadata has none."""
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    if not isinstance(written, str):
        return ""
    parts = written.split("/")
    while len(parts) > 1 and parts[-1] in _OWN:
        parts.pop()
    return "/".join(parts)
