"""Limits on the size and the spelling of a request (engine.apis.request_limits), before any other rule of a stage."""

from functools import partial
from operator import itemgetter
from typing import Literal

from netful.engine.apis.request_limits import BODY, excess, is_plain
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import LATER, AtOnce, CallStage, Later, Next
from netful.gateway.calls.context import method_arn
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.meaning import Meaning
from netful.services.http.message import Request, Response

_MANY, _LONG, _value = 24, 4096, itemgetter(1)


class SizeLimits(CallStage):
    """Stage that refuses requests beyond the limits."""

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the requests are for no stage."""
        return meaning.judged.stage is None

    def at_once(self, meaning: Meaning) -> AtOnce | None:
        """Return the rough check of a request whose target is far from any limit."""
        return _roughly if is_plain(meaning.target) else None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Measure a request."""
        request = call.request
        if call.judged.stage is not None:
            arn = partial(method_arn, call)
            too_large = excess(call.api, request.target, request.headers, len(request.body), arn)
            if too_large is not None:
                raise Fault(too_large)
        return await following(call)


def _roughly(request: Request, _now: float, _at: float) -> Literal[Later.LATER] | None:
    """Return LATER for a request that may be near a limit. The estimate is rough, because every request pays for it."""
    headers = request.headers
    if len(request.body) > BODY or len(headers) > _MANY or sum(map(len, map(_value, headers))) > _LONG:
        return LATER
    return None
