"""Events of Lambda proxies, with a memory for repeated requests of the same client.

Such events differ only in the identifiers and the time of a call. Their text is made once, with holes for these values, and
filled in. Rules:
1. A text is made when a call is seen for the second time: most calls never come again.
2. A text is kept only if, filled in for other identifiers and another time, it equals the event that is built in full.
3. A body, an authorizer, an identity, a client certificate or the edge adds values of one call only. The events of such calls
   are always built in full.
"""

import re
import secrets
from dataclasses import replace
from typing import Any

import msgspec

from netful.engine.admission.judgement import Judgement
from netful.engine.traces.trace_header import TraceHeader
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_time
from netful.gateway.calls.identifiers import Identifiers
from netful.gateway.integrations.lambda_proxy import event
from netful.model.core import Frozen
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Headers

_TEXTS = 1024
_TRACE = "X-Amzn-Trace-Id"
_HOLE = secrets.token_hex(16)  # a value that no request contains
_HOLES = re.compile(f'"{_HOLE}-(.)"'.encode())
_OTHER = Identifiers(
    "f4a1c0de-0000-4000-a000-000000000000", "f4a1c0deAAAAAAA=", TraceHeader("1-00000000-f4a1c0de"), 1.0
)

_Key = tuple[int, str, str, str, str, Headers]
"""The id of a judgement, then of the request: method, target, version, the client's address, headers."""


class _Text(Frozen):
    """Text with holes. `parts` are around the holes, which are numbered by their values. `judged` is kept so that its id stays unique."""

    judged: Judgement
    parts: tuple[bytes, ...] = ()
    holes: tuple[int, ...] = ()

    def filled(self, names: Identifiers, at: float) -> bytes:
        """Return the event of a call by its identifiers and its time of day."""
        trace, extended, request = names.trace_id, names.extended_id, names.request_id
        values = f'"{trace}"', f'"{extended}"', f'"{request}"', f'"{request_time(at)}"', str(int(at * 1000))
        parts = self.parts
        filled = [parts[0]]
        for hole, part in zip(self.holes, parts[1:], strict=True):
            filled += (values[hole].encode(), part)
        return b"".join(filled)


class Events:
    """Maker of events, which remembers the common texts of calls."""

    def __init__(self) -> None:
        self._texts: Remembered[_Key, _Text] = Remembered(_TEXTS)

    def text(self, call: Call) -> bytes:
        """Return the event for a call, as JSON."""
        request = call.request
        if call.judged.edge or _has_more(call):
            return _whole(call)
        key = id(call.judged), request.method, request.target, request.version, call.source_ip, request.headers
        known = self._texts.get(key)
        if known is None or known.judged is not call.judged:
            self._texts.keep(key, _Text(call.judged))
        elif known.parts:
            return known.filled(call.names, call.at)
        elif not known.holes:
            self._texts.keep(key, _text(call))
        return _whole(call)


def _has_more(call: Call) -> bool:
    request = call.request
    own = call.authorizer is not None or call.identity or request.connection.client_certificate is not None
    return bool(request.body or own or _TRACE.lower() in request.first)


def _whole(call: Call) -> bytes:
    return msgspec.json.encode(event(call))


def _text(call: Call) -> _Text:
    """Return the common text of calls like this one; without parts if they differ in more than the holes."""
    pieces = _HOLES.split(msgspec.json.encode(_with_holes(event(call))))
    text = _Text(call.judged, tuple(pieces[::2]), tuple(map(int, pieces[1::2])))
    other = replace(call, names=_OTHER, at=1.0)
    return text if text.filled(_OTHER, 1.0) == _whole(other) else _Text(call.judged, (), text.holes)


def _with_holes(event: dict[str, Any]) -> dict[str, Any]:
    trace, extended, request, time, epoch = (f"{_HOLE}-{number}" for number in range(5))
    context = event["requestContext"] | {
        "extendedRequestId": extended, "requestId": request, "requestTime": time, "requestTimeEpoch": epoch,
    }  # fmt: skip
    return event | {
        "headers": event["headers"] | {_TRACE: trace},
        "multiValueHeaders": event["multiValueHeaders"] | {_TRACE: [trace]},
        "requestContext": context,
    }
