"""Parts of a batch: Lambda ends a batch before the payload of its invocation would be too large (lambda §4.5)."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from netful.functions.invocations.faults import MAX_PAYLOAD

_BESIDE = 1024  # bytes of an event that are not its records
Item = TypeVar("Item")


def fitting(batch: Iterable[Item], content: Callable[[Item], Any], spare: int = 0) -> Iterator[list[Item]]:
    """Yield the parts of a batch, in order; `content` returns a record in the function's format."""
    part, left = list[Item](), MAX_PAYLOAD - _BESIDE - spare
    room = left
    for one in batch:
        size = len(json.dumps(content(one))) + len(", ")
        if part and size > room:
            yield part
            part, room = [], left
        part.append(one)
        room -= size
    if part:
        yield part
