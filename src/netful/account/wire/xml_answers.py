"""Answers in XML: the members of a shape as elements, by the rules that the query protocols and REST-XML share."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape as escape_markup

from botocore.model import ListShape, MapShape, Shape, StructureShape

from netful.account.wire.coercion import items, scalar
from netful.model.core import Unknown, instant, is_set

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_PLAIN = re.compile("[^ !-%'-;=?-~]")
"""Characters of a text that XML may have to write in another way: all but those of ASCII without `&`, `<` and `>`."""

Element = Callable[[Any], str]
"""Writes a value as an element, one that is unknown or does not fit as none. Each shape has its function once: answers are written many times a second."""


def escape(text: str) -> str:
    """Return a text as XML has it; a character that XML 1.0 cannot have becomes U+FFFD."""
    return escape_markup(_NO_CHARACTER.sub("\ufffd", text)) if _NOT_PLAIN.search(text) else text


def members(shape: StructureShape, value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the elements of a structure's members, but not of those that have another place, such as a header."""
    get = value.get
    return (element(own) for name, element in _elements(shape) if (own := get(name)) is not None)


@cache
def _elements(shape: StructureShape) -> tuple[tuple[str, Element], ...]:
    """Return the members of a structure in their order, each with the function that writes it."""
    return tuple(
        (name, _element(str(member.serialization.get("name", name)), member))
        for name, member in shape.members.items()
        if "location" not in member.serialization
    )


def _element(name: str, shape: Shape) -> Element:
    begin, end = f"<{name}>", f"</{name}>"
    if isinstance(shape, StructureShape):
        return lambda value: f"{begin}{''.join(members(shape, value))}{end}" if isinstance(value, Mapping) else ""
    if isinstance(shape, ListShape):
        return _list(name, shape)
    if isinstance(shape, MapShape):
        key = _element(str(shape.key.serialization.get("name", "key")), shape.key)
        own = _element(str(shape.value.serialization.get("name", "value")), shape.value)
        return lambda value: (
            f"{begin}{''.join(f'<entry>{key(k)}{own(v)}</entry>' for k, v in value.items() if is_set(v))}{end}"
            if isinstance(value, Mapping)
            else ""
        )
    coerced, text = scalar(shape), _TEXTS.get(shape.type_name, str)
    return lambda value: "" if (own := coerced(value)) is None else f"{begin}{escape(text(own))}{end}"


def _list(name: str, shape: ListShape) -> Element:
    flat = shape.serialization.get("flattened")
    item = _element(str(shape.member.serialization.get("name", name if flat else "member")), shape.member)
    begin, end = ("", "") if flat else (f"<{name}>", f"</{name}>")
    return lambda value: "" if isinstance(value, Unknown) else f"{begin}{''.join(map(item, items(value)))}{end}"


_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "timestamp": lambda value: instant(value) if isinstance(value, datetime) else str(value),
    "blob": lambda value: base64.b64encode(value).decode(),
}
