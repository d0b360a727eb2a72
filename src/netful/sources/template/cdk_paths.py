"""Where a resource stands in the CDK's application: what its metadata say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OWN = ("Resource", "Default")  # what constructs call the resource that they are about


def construct_path(metadata: Any) -> str:
    """The path of the construct that a resource is, `Stack/Orders/Function`; "" where nothing tells."""
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    if not isinstance(written, str):
        return ""
    parts = written.split("/")
    while len(parts) > 1 and parts[-1] in _OWN:
        parts.pop()
    return "/".join(parts)
