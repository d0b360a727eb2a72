"""Files in S3 that a template includes by `AWS::Include`, fetched before it is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.templates.objects import fetched
from netful.account.cloudformation.templates.template_text import invalid
from netful.model.core import every_part, listed, mappings
from netful.sources.account.deployed_stack import address_of
from netful.sources.files import document

_MACRO, _INCLUDE = "Fn::Transform", "AWS::Include"


async def included(account: Account, root: Any, given: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that a template includes, and those that they include, by their names beside it.

    Raises ApiError if one does not exist.
    """
    found: dict[str, bytes] = {}
    waiting = [root]
    while waiting:
        for location in _locations(waiting.pop(), given):
            name = location.rpartition("/")[2]
            if name in found:
                continue
            address = address_of(location)
            content = await fetched(account, address) if address else None
            if content is None:
                raise invalid(f"Transform {_INCLUDE} failed with: The location '{location}' does not exist.")
            found[name] = content
            waiting.append(document.parse(content.decode(errors="replace"), name).root)
    return found


def _locations(node: Any, given: Mapping[str, str]) -> Iterator[str]:
    """Yield the places of included files: texts, or parameters with such a value."""
    parts = (part for part in every_part(node) if isinstance(part, Mapping))
    for one in (one for part in parts for name in (_MACRO, "Transform") for one in mappings(listed(part.get(name)))):
        if one.get("Name") == _INCLUDE:
            written = (one.get("Parameters") or {}).get("Location")
            text = given.get(str(written.get("Ref"))) if isinstance(written, Mapping) else written
            if isinstance(text, str):
                yield text
