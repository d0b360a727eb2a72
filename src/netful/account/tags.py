"""Tags of resources: lists of keys and values, or mappings, in which values can be numbers, booleans and unknown.

Answers have the known tags as texts. Changes keep those that they do not name as they are written.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from netful.model.core import mappings
from netful.service_models.scalars import text


def texts(written: object) -> dict[str, str]:
    """Return the known tags of a property, by key."""
    pairs = (
        written.items()
        if isinstance(written, Mapping)
        else ((one.get("Key"), one.get("Value", "")) for one in mappings(written))
    )
    found = ((key, text(value)) for key, value in pairs)
    return {str(text(key)): value for key, value in found if value is not None and text(key) is not None}


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as AWS's APIs list them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_list(written: object) -> list[dict[str, str]]:
    """Return the known tags of a property as AWS's APIs list them."""
    return listed(texts(written))


def retagged(
    written: object, added: Mapping[str, str] | Iterable[Mapping[str, Any]] | None, gone: Iterable[str] | None
) -> list[Mapping[str, Any]]:
    """Return the tags of a property without those of some keys, and with others: one of the same key gets the new value."""
    left_out, more = {*(gone or ())}, listed(added) if isinstance(added, Mapping) else added or ()
    tags = {key: one for one in mappings(written) if (key := text(one.get("Key"))) not in left_out}
    return [*(tags | {one["Key"]: {"Value": "", **one} for one in more}).values()]
