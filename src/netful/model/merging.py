"""Merge of several clouds into one."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.model.cloud import Cloud


def together(clouds: Sequence[Cloud], **changes: Any) -> Cloud:
    """Return one cloud with everything: of two objects with one id the first stays.

    Region and account are the first cloud's.

    `changes` are parts that replace the merged ones.
    """
    if not clouds:
        return Cloud.of(**changes)
    merged: dict[str, Any] = {}
    for name, first in clouds[0].parts():
        values = [cloud.part(name) for cloud in clouds]
        if isinstance(first, Mapping):
            merged[name] = {key: value for each in reversed(values) for key, value in each.items()}
        else:
            merged[name] = tuple(item for value in values for item in value)
    return clouds[0].having(**{**merged, **changes})
