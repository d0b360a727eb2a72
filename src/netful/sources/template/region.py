"""The region of templates, as their own texts name it: in zones, and in names of endpoint services.

A template that names one region in such places can be deployed nowhere else. One that names several fits any region.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.names.service_names import REGIONS
from netful.sources.template.template import Template

_NAMED = "|".join(REGIONS)
_ZONE = re.compile(rf"({_NAMED})[a-f]")
_SERVICE = re.compile(rf"com\.amazonaws\.({_NAMED})\.\S+")


def named_region(templates: Iterable[Template], given: Mapping[str, Any]) -> str | None:
    """Return the only region that templates and the values of their parameters name.

    None if they name none or several.
    """
    found: set[str] = set(_regions(list(given.values())))
    for template in templates:
        found.update(_regions(template.resources))
        defaults = [
            p.get("Default") for name, p in template.parameters.items() if isinstance(p, Mapping) and name not in given
        ]
        found.update(_regions(defaults))
    return found.pop() if len(found) == 1 else None


def _regions(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        of_service = "ServiceName" if "ServiceRegion" in node else None  # of an endpoint for another Region
        for name, member in node.items():
            yield from _regions(member) if name != of_service else ()
    elif isinstance(node, list):
        for item in node:
            yield from _regions(item)
    elif isinstance(node, str):
        for part in node.split(","):
            match = _ZONE.fullmatch(part.strip()) or _SERVICE.fullmatch(part.strip())
            if match:
                yield match[1]
