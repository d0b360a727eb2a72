"""Traces of calls to AWS services: a segment for each call of a trace that is sampled, and its header in the messages of queues."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode

import msgspec

from netful.engine.traces.tracer import Tracer, flags
from netful.services.front.actions import asked
from netful.services.front.arrivals import arrival, of_http
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Headers, Request, Response

TRACE_HEADER = "x-amzn-trace-id"
_OWN_SEGMENTS = frozenset({"execute-api", "lambda", "lambda-url", "xray"})
_MACHINES = frozenset({"states", "sync-states"})
_SEND = "SendMessage"
_ATTRIBUTE = "AWSTraceHeader"


class ServiceTrace:
    """Tracer of the calls to services. Functions and APIs have segments of their own, and X-Ray itself has none."""

    def __init__(self, tracer: Tracer, account_id: str) -> None:
        self._tracer = tracer
        self._account_id = account_id

    async def of(
        self, found: ServiceRoute, request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Have a call answered; if its trace is sampled, record its segment."""
        header, code = request.header(TRACE_HEADER), found.service.code
        if not header or code in _OWN_SEGMENTS or not self._tracer.samples(header):
            return await answer(request)
        name = next((one.action for one in asked(found, request, self._account_id)), "") or code
        segment = self._tracer.segment(header, name, f"AWS::{code}")
        response = await answer(carrying(found.service.code, request, segment.onward(segment.id)))
        segment.end(
            http=of_http(request, response.status),
            netful=arrival(request, f"https://{found.host}/"),
            **flags(response.status),
        )
        return response


def carrying(service: str, request: Request, header: str) -> Request:
    """Return a request with the trace header where its service passes it on; any other as it is.

    A message for a queue has it as its `AWSTraceHeader`, unless it has one already. The start of an execution has it as a header.
    """
    if header and service in _MACHINES:
        others = tuple(one for one in request.headers if one[0].lower() != TRACE_HEADER)
        return _with(request, (*others, (TRACE_HEADER, header)), request.body)
    if service != "sqs" or not header:
        return request
    target = request.header("x-amz-target")
    body = _in_json(request.body, header) if target.endswith(f".{_SEND}") else _in_form(request.body, header)
    return request if body is None else _with(request, request.headers, body)


def _with(request: Request, headers: Headers, body: bytes) -> Request:
    return Request(request.method, request.target, headers, body, request.connection, request.version)


def _in_json(body: bytes, header: str) -> bytes | None:
    try:
        content = msgspec.json.decode(body, type=dict[str, object])
        given = msgspec.convert(content.get("MessageSystemAttributes") or {}, dict[str, object])
    except msgspec.MsgspecError:  # the service refuses it
        return None
    if _ATTRIBUTE in given:
        return None
    given[_ATTRIBUTE] = {"DataType": "String", "StringValue": header}
    return msgspec.json.encode({**content, "MessageSystemAttributes": given})


def _in_form(body: bytes, header: str) -> bytes | None:
    pairs = parse_qsl(body.decode("iso-8859-1"), keep_blank_values=True, encoding="iso-8859-1")
    if ("Action", _SEND) not in pairs or any(name.startswith("MessageSystemAttribute.") for name, _ in pairs):
        return None
    value = "MessageSystemAttribute.1.Value"
    more = {"MessageSystemAttribute.1.Name": _ATTRIBUTE, f"{value}.DataType": "String", f"{value}.StringValue": header}
    return body + b"&" + urlencode(more).encode()
