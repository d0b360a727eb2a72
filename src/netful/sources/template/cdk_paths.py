"""Construct path of a resource in the CDK's application, from its metadata."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import construct_of


def construct_path(metadata: Any) -> str:
    """Return the path of the construct of a resource, `Stack/Orders/Function`; "" if the metadata has none."""
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    return construct_of(written) if isinstance(written, str) else ""
