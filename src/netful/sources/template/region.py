"""The region and the account of templates, as their own texts name them.

| named | in |
|---|---|
| region | zones, and names of endpoint services |
| account | APIs that may invoke functions, and the CDK's bucket of assets |

A template that names one in such places can be deployed nowhere else. One that names several fits any.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import words_of
from netful.model.names.service_names import REGIONS
from netful.sources.template.template import Template

_NAMED = "|".join(REGIONS)
_ZONE = re.compile(rf"({_NAMED})[a-f]")
_SERVICE = re.compile(rf"com\.amazonaws\.({_NAMED})\.\S+")
_PERMISSION = "AWS::Lambda::Permission"
_API_ARN = re.compile(r":execute-api:(?:[\w-]+|\$\{[^}]*\}):(\d{12}):")
_ASSETS = re.compile(r"cdk-\w+-assets-(\d{12})-")


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
    if isinstance(node, str):
        for part in node.split(","):
            match = _ZONE.fullmatch(part.strip()) or _SERVICE.fullmatch(part.strip())
            if match:
                yield match[1]
    elif isinstance(node, list):
        for item in node:
            yield from _regions(item)
    elif isinstance(node, (dict, Mapping)):
        of_service = "ServiceName" if "ServiceRegion" in node else None  # of an endpoint for another Region
        for name, member in node.items():
            yield from _regions(member) if name != of_service else ()


def named_account(templates: Iterable[Template]) -> str | None:
    """Return the only account that templates name; None if they name none or several."""
    found: set[str] = set()
    for template in templates:
        for resource in template.resources.values():
            pattern = _API_ARN if isinstance(resource, Mapping) and resource.get("Type") == _PERMISSION else _ASSETS
            found.update(match[1] for text in words_of(resource) for match in pattern.finditer(text))
    return found.pop() if len(found) == 1 else None
