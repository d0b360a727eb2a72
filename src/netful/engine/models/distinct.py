"""Equality of JSON values by their text: equal values have equal texts (`1` and `1.0`, but not `true` and `1`).

Texts, and not the values, are compared by their hash: numbers can be chosen so that many have one hash.
"""

from json.encoder import encode_basestring
from typing import Any


def distinct(items: list[Any]) -> bool:
    """Return whether no two items are equal."""
    seen: set[str] = set()
    for item in items:
        text = text_of(item)
        if text in seen:
            return False
        seen.add(text)
    return True


def text_of(value: Any) -> str:
    """Return the text that all values equal to this one have."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return f"{{{','.join(f'{encode_basestring(name)}:{text_of(value[name])}' for name in sorted(value))}}}"
    if isinstance(value, list):
        return f"[{','.join(map(text_of, value))}]"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
