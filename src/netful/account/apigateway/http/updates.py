"""Updates of the newer API: properties in place of others, and maps that are merged."""

from collections.abc import Mapping
from typing import Any

_MAPS = ("RequestParameters", "RequestTemplates", "ResponseParameters", "ResponseTemplates")
"""Maps that an update merges key by key; an empty value removes a key."""


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with those of an update."""
    found = {**before, **given}
    for name in _MAPS:
        old = before.get(name)
        if name in given:
            together = {**(old if isinstance(old, Mapping) else {}), **given[name]}
            found[name] = {key: value for key, value in together.items() if value not in ("", {})}
    return found
