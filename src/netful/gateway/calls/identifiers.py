"""Identifiers of one request: its id, its extended id, its trace, its id at the edge (api-gateway §1.3, §1.4).

Randomness is drawn once for many requests: that costs more than all the rest.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass

_ROOT = "Root="
_AT_ONCE = 1024  # requests that a block of randomness serves
_UUID = 32  # hex digits
_EXTENDED = 16  # characters
_VARIANT = "a"  # of the four there are


def _draw() -> Iterator[tuple[str, str]]:
    """Yield UUIDs and extended ids, without end."""
    while True:
        digits = os.urandom(_AT_ONCE * _UUID // 2).hex()
        letters = base64.b64encode(os.urandom(_AT_ONCE * _EXTENDED * 3 // 4), altchars=b"-_").decode()
        for at in range(_AT_ONCE):
            d, e = digits[at * _UUID : (at + 1) * _UUID], at * _EXTENDED
            uuid = f"{d[:8]}-{d[8:12]}-4{d[13:16]}-{_VARIANT}{d[17:20]}-{d[20:]}"
            yield uuid, letters[e : e + _EXTENDED - 1] + "="


_drawn = _draw()


@dataclass(slots=True)
class Identifiers:
    """`request_id` is a UUID of version 4, `extended_id` has 16 characters, the last of them `=`."""

    request_id: str
    extended_id: str
    _root: str
    _at: float
    _edge_id: str = ""

    @property
    def trace_id(self) -> str:
        """The trace, as the back end sees it."""
        if not self._root:
            self._root = f"{_ROOT}1-{int(self._at):08x}-{os.urandom(12).hex()}"
        return self._root

    @property
    def edge_id(self) -> str:
        """The id that the edge gives the request."""
        if not self._edge_id:
            self._edge_id = base64.b64encode(os.urandom(40), altchars=b"-_").decode()
        return self._edge_id


def new_identifiers(now: float, trace_header: str = "") -> Identifiers:
    """Return the identifiers of a request that comes now; the root of a trace that it brings is kept."""
    root = ""
    if trace_header:
        root = next((part.strip() for part in trace_header.split(";") if part.strip().startswith(_ROOT)), "")
    request_id, extended_id = next(_drawn)
    return Identifiers(request_id, extended_id, root, now)
