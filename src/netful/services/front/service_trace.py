"""Traces of calls to AWS services: a segment for each call of a trace that is sampled."""

from collections.abc import Awaitable, Callable

from netful.engine.traces.tracer import Tracer, flags
from netful.services.front.actions import asked
from netful.services.front.arrivals import arrival, of_http
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response

TRACE_HEADER = "x-amzn-trace-id"
_OWN_SEGMENTS = frozenset({"execute-api", "lambda", "lambda-url", "xray"})


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
        response = await answer(carrying(request, segment.onward(segment.id)))
        segment.end(
            http=of_http(request, response.status),
            netful=arrival(request, f"https://{found.host}/"),
            **flags(response.status),
        )
        return response


def carrying(request: Request, header: str) -> Request:
    """Return a request with another trace header."""
    others = tuple(one for one in request.headers if one[0].lower() != TRACE_HEADER)
    headers = (*others, (TRACE_HEADER, header))
    return Request(request.method, request.target, headers, request.body, request.connection, request.version)
