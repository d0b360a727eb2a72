"""Things of three clouds, merged: as they were written, as they run after calls changed some, and as they are written next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.model.difference import same


def merged(old: Mapping[str, Any], now: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the next things: those that are written as before stay as a call left them, the others are as written."""
    by_calls = [
        id_
        for id_ in dict.fromkeys((*old, *now))
        if not is_same(old.get(id_), now.get(id_)) and is_same(old.get(id_), new.get(id_))
    ]
    if not by_calls:
        return new
    found = {**new, **{id_: now[id_] for id_ in by_calls if id_ in now}}
    return {id_: one for id_, one in found.items() if id_ in now or id_ not in by_calls}


def is_same(one: Any, other: Any) -> bool:
    """Return whether two things, or two absent ones, differ at most in their origin."""
    return one is other or (one is not None and other is not None and same(one, other))
