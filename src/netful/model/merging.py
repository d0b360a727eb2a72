"""Merge of several clouds into one."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, replace


def together(clouds: Sequence[Cloud], **changes: Any) -> Cloud:
    """Return one cloud with everything: of two objects with one id the first stays.

    Region and account are the first cloud's; resources of the others keep theirs.

    `changes` are parts that replace the merged ones.
    """
    if len(clouds) < 2:
        return (clouds[0] if clouds else Cloud()).having(**changes)
    merged: dict[str, Any] = {}
    for name, first in clouds[0].parts():
        values = [first, *(_placed(cloud) if name == "resources" else cloud.part(name) for cloud in clouds[1:])]
        if isinstance(first, Mapping):
            merged[name] = {key: value for each in reversed(values) for key, value in each.items()}
        else:
            merged[name] = tuple(item for value in values for item in value)
    return clouds[0].having(**{**merged, **changes})


def _placed(cloud: Cloud) -> dict[str, Resource]:
    """Return the resources of a cloud, each with its region and account."""
    return {
        id_: replace(one, region=one.region or cloud.region, account_id=one.account_id or cloud.account_id)
        for id_, one in cloud.template.resources.items()
    }
