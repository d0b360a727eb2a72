"""Identifiers of one request: its id, its extended id, its trace, its id at the edge (api-gateway §1.3, §1.4).

Random bytes are drawn once for many requests, because drawing them costs more than the rest.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass

from netful.engine.traces.trace_header import TraceHeader
from netful.engine.traces.tracer import SAMPLED

_AT_ONCE = 1024  # requests that share one draw of random bytes
_UUID = 32  # hex digits
_EXTENDED = 16  # characters
_VARIANT = "a"  # of its four letters


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
    """Identifiers of a request. `request_id` is a UUID of version 4; `extended_id` has 16 characters, the last of them `=`."""

    request_id: str
    extended_id: str
    _trace: TraceHeader
    _at: float
    _edge_id: str = ""

    @property
    def trace_id(self) -> str:
        """The trace header for the back end."""
        if not self._trace.root:
            self._trace = self._trace._replace(root=f"1-{int(self._at):08x}-{os.urandom(12).hex()}")
        return str(self._trace)

    @property
    def sampled_trace(self) -> str:
        """The trace header if the request is traced; "" otherwise."""
        return str(self._trace) if self._trace.sampled == SAMPLED else ""

    @property
    def trace_root(self) -> str:
        """The trace's own id, without the parent and the sampling of the request."""
        return TraceHeader.of(self.trace_id).root

    @property
    def edge_id(self) -> str:
        """The id that the edge gives the request."""
        if not self._edge_id:
            self._edge_id = base64.b64encode(os.urandom(40), altchars=b"-_").decode()
        return self._edge_id


def new_identifiers(now: float, trace_header: str = "", sampled: str = "") -> Identifiers:
    """Return new identifiers for a request at this time. A trace that the request brings is kept: root, parent, sampling.

    `sampled` is the decision of the gateway about the trace, if it makes one.
    """
    given = TraceHeader.of(trace_header)
    trace = TraceHeader(given.root, given.parent, sampled or given.sampled)
    request_id, extended_id = next(_drawn)
    return Identifiers(request_id, extended_id, trace, now)
