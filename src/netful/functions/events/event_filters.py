"""Filters of an event source mapping: a record passes that matches one of them, or any record where there is no filter.

The body of a message and the data of a Kinesis record are compared as JSON where they are JSON.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from netful.engine.events.event_patterns import parse
from netful.model.json_texts import json_or

Passes = Callable[[Mapping[str, Any]], bool]
"""Returns whether a record, in the function's format, passes."""


def passes(filters: tuple[str, ...]) -> Passes:
    """Return the predicate of a mapping's filters."""
    patterns = [parse(one) for one in filters]
    if not patterns:
        return lambda _record: True

    def decide(record: Mapping[str, Any]) -> bool:
        opened = _opened(record)
        return any(matches(opened) for matches in patterns)

    return decide


def _opened(record: Mapping[str, Any]) -> dict[str, Any]:
    opened = dict(record)
    if "body" in record:
        opened["body"] = json_or(record["body"], record["body"])
    data = (record.get("kinesis") or {}).get("data")
    if data is not None:
        text = base64.b64decode(data).decode(errors="replace")
        opened["data"] = json_or(text, text)
    return opened
