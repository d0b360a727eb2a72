"""Parts of described APIs: objects within others, with the ids of their holders, and what was not described."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Unknown
from netful.model.json_texts import from_json
from netful.sources.described.files import Description
from netful.sources.described.item import Item


def without(description: Description, kind: str, id_key: str, parts: str) -> Iterator[Item]:
    """Yield the objects of a kind whose parts were not described: no answer about the parts is kept under their id."""
    described = {group.text(id_key) for group in description.of(parts)}
    return (item for item in description.of(kind) if item.text(id_key) not in described)


def not_described(needed: str) -> Unknown:
    """Return the value of what was not described; `needed` is the input that would tell."""
    return Unknown("not described", (needed,))


def each(description: Description, kind: str) -> Iterator[tuple[str, Item]]:
    """Yield the nested objects, each with the id of its holder."""
    for group in description.of(kind):
        names = ("id", "ApiId", "domainName")
        holder = next((group.text(name) for name in names if group.text(name)), "")
        for item in group.parts("items" if "items" in group.data else "Items"):
            yield holder, item


def pascal(value: Any) -> dict[str, Any]:
    """Return a mapping with its keys as CloudFormation writes them, each word with a capital; {} for another value."""
    if not isinstance(value, Mapping):
        return {}
    return {f"{key[:1].upper()}{key[1:]}": each for key, each in value.items()}


def policy(text: str) -> Any:
    """Return a policy as a mapping; API Gateway gives it as a text with its quotes escaped."""
    for written in (text, text.replace('\\"', '"').replace("\\/", "/")):
        try:
            return from_json(written) if written else None
        except json.JSONDecodeError:
            continue
    return Unknown("the resource policy is not JSON")
