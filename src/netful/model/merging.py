"""Several clouds as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from netful.model.cloud import Cloud


def together(clouds: Sequence[Cloud], **changes: Any) -> Cloud:
    """One cloud with everything; of two things with one id the first stays. Region and account are the first's."""
    merged: dict[str, Any] = {}
    for field in fields(Cloud):
        values = [getattr(cloud, field.name) for cloud in clouds]
        if values and isinstance(values[0], Mapping):
            merged[field.name] = {key: value for each in reversed(values) for key, value in each.items()}
        elif values and isinstance(values[0], tuple):
            merged[field.name] = tuple(item for value in values for item in value)
    return replace(clouds[0] if clouds else Cloud(), **{**merged, **changes})
