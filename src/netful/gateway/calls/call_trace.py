"""Trace of a call: a segment of its stage, with a part for each stage of the gateway that had to wait, or to look closer."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial

from netful.engine.traces.tracer import Segment, Tracer, flags
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next, nothing
from netful.gateway.calls.identifiers import Identifiers
from netful.gateway.calls.meaning import Meaning
from netful.services.front.arrivals import arrival, of_http
from netful.services.http.message import Request, Response

_ORIGINS = {
    "REST": "AWS::ApiGateway::Stage",
    "HTTP": "AWS::ApiGatewayV2::Stage",
    "WEBSOCKET": "AWS::ApiGatewayV2::Stage",
}
_REFUSED = "API Gateway"


class CallTrace:
    """The trace of one call. `onward` is the header for the back end, whose segments belong below the integration."""

    def __init__(self, tracer: Tracer, meaning: Meaning, request: Request) -> None:
        judged = meaning.judged
        name = f"{judged.api.id}/{judged.stage.stage_name}" if judged.api and judged.stage else _REFUSED
        origin = _ORIGINS[str(judged.api.protocol.value)] if judged.api else _ORIGINS["REST"]
        self._segment = tracer.segment(request.header("x-amzn-trace-id"), name, origin)
        self._last = self._segment.part_id()
        self._meaning = meaning
        self._request = request

    @property
    def onward(self) -> str:
        """The header of the requests that the integration sends."""
        return self._segment.onward(self._last)

    def way(self, stages: Sequence[CallStage]) -> Next:
        """Return the way through stages, each with its part in the segment."""
        last: Next = nothing
        for stage in reversed(stages):
            last = partial(_timed, self._segment, stage, last, self._last if stage is stages[-1] else "")
        return last

    def end(self, response: Response, names: Identifiers) -> Response:
        """Return the response; the segment ends with it, also where it is streamed."""
        if response.stream is None:
            self._end(response.status, names)
            return response
        return replace(response, stream=self._streamed(response.stream, response.status, names))

    async def _streamed(self, pieces: AsyncIterator[bytes], status: int, names: Identifiers) -> AsyncIterator[bytes]:
        try:
            async for piece in pieces:
                yield piece
        finally:
            self._end(status, names)

    def _end(self, status: int, names: Identifiers) -> None:
        meaning, request = self._meaning, self._request
        api_id = meaning.cloud.aws_id(meaning.judged.api.id) if meaning.judged.api else ""
        asked = f"https://{meaning.host}/"
        self._segment.end(
            http=of_http(request, status),
            aws={
                "account_id": meaning.cloud.account_id,
                "api_gateway": {"api_id": api_id, "request_id": names.request_id},
            },
            netful=arrival(request, asked),
            **flags(status),
        )


async def _timed(segment: Segment, stage: CallStage, following: Next, part_id: str, call: Call) -> Response:
    """Pass a call through a stage, and add its part: the time until the stage passes the call on, or answers it."""
    begun, ended = segment.now(), 0.0

    async def pass_on(call: Call) -> Response:
        nonlocal ended
        ended = segment.now()
        return await following(call)

    try:
        return await stage(call, pass_on)
    finally:
        if stage.title:
            segment.part(_name(stage, call), begun, ended or segment.now(), part_id)


def _name(stage: CallStage, call: Call) -> str:
    """Return the name of a part; that of the integration names what it calls."""
    route = call.judged.route
    if stage.title != "integration" or route is None or route.integration is None:
        return stage.title
    callee, integration = call.callee, route.integration
    called = callee.function or ":".join(filter(None, (callee.service, callee.action))) or integration.connection_id
    return f"{stage.title} {called if isinstance(called, str) and called else integration.type}"
