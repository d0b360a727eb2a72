"""Filters of an event source mapping: records pass that match one of them, or all records without filters.

The body of a message and the data of a Kinesis record are matched as JSON if they are JSON.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from netful.engine.events.event_patterns import fits

Passes = Callable[[Mapping[str, Any]], bool]
"""Returns whether a record, in the function's format, passes."""


def passes(filters: tuple[str, ...]) -> Passes:
    """Return the predicate of a mapping's filters."""
    patterns = [json.loads(one) for one in filters]
    if not patterns:
        return lambda _record: True
    return lambda record: any(fits(pattern, _opened(record)) for pattern in patterns)


def _opened(record: Mapping[str, Any]) -> dict[str, Any]:
    opened = dict(record)
    if "body" in record:
        opened["body"] = _parsed(record["body"])
    data = (record.get("kinesis") or {}).get("data")
    if data is not None:
        opened["data"] = _parsed(base64.b64decode(data).decode(errors="replace"))
    return opened


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
