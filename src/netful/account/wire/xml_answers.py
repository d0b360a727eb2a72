"""Answers in XML: the members of a shape as elements, by the rules that the query protocols and REST-XML share."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape as escape_markup

from botocore.model import ListShape, MapShape, Shape, StructureShape

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Return a text as XML has it; a character that XML 1.0 cannot have becomes U+FFFD."""
    return escape_markup(_NO_CHARACTER.sub("\ufffd", text))


def members(shape: StructureShape, value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the elements of a structure's members, but not of those that have another place, such as a header."""
    for name, member in shape.members.items():
        if value.get(name) is not None and "location" not in member.serialization:
            yield from _element(str(member.serialization.get("name", name)), member, value[name])


def _element(name: str, shape: Shape, value: Any) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield f"<{name}>{''.join(members(shape, value))}</{name}>"
    elif isinstance(shape, ListShape):
        flat = shape.serialization.get("flattened")
        item = str(shape.member.serialization.get("name", name if flat else "member"))
        items = "".join(part for each in value for part in _element(item, shape.member, each))
        yield items if flat else f"<{name}>{items}</{name}>"
    elif isinstance(shape, MapShape):
        entries = "".join(f"<entry>{''.join(_entry(shape, key, each))}</entry>" for key, each in value.items())
        yield f"<{name}>{entries}</{name}>"
    else:
        yield f"<{name}>{escape(_text(shape, value))}</{name}>"


def _entry(shape: MapShape, key: str, value: Any) -> Iterator[str]:
    yield from _element(str(shape.key.serialization.get("name", "key")), shape.key, key)
    yield from _element(str(shape.value.serialization.get("name", "value")), shape.value, value)


def _text(shape: Shape, value: Any) -> str:
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp" and isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)
