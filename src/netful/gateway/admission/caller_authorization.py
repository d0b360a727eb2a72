"""Authorization of a call: policies, signatures, authorizers, in the order of AWS (api-gateway §0, rows 5 to 8)."""

from netful.engine.http.gateway_errors import without_token
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import LATER, AtOnce, CallStage, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import Fault, of_caller, phase, unshaped
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.signature import identified
from netful.model.apis.api import Authorization
from netful.services.http.message import Response


class CallerAuthorization(CallStage):
    """Stage that applies the engine's judgement of a request, identifies the caller, and calls the authorizer of the route."""

    title = "authorization"

    def __init__(self, authorizers: Authorizers, clock: Clock) -> None:
        self._authorizers = authorizers
        self._clock = clock

    def passes(self, meaning: Meaning) -> bool:
        """Return whether every caller is admitted."""
        judged, route = meaning.judged, meaning.judged.route
        refused = judged.refusal is not None or judged.late_refusal is not None
        return not refused and route is not None and route.authorization_type is Authorization.NONE

    def at_once(self, meaning: Meaning) -> AtOnce | None:
        """Return the refusal of the judgement, which depends on a header `Authorization` alone."""
        judged = meaning.judged
        refusal = unshaped(judged.api, judged.refusal) if judged.refusal is not None else None
        if refusal is None:
            return None
        return lambda request, _now, _at: LATER if request.header("authorization") else refusal

    async def __call__(self, call: Call, following: Next) -> Response:
        """Authorize a call. An admitted call has the facts about its caller."""
        now, judged = self._clock.monotonic(), call.judged
        if judged.refusal is not None:
            refusal = without_token(judged.refusal, call.request.header("authorization"))
            if call.record is not None and judged.route is not None:
                call.record.went_through("authorize", now, refusal)
            raise Fault(refusal)
        if call.route.authorization_type is Authorization.AWS_IAM:
            with phase(call, "authenticate", now):
                call = identified(call)
            if call.record is not None:  # the engine has already judged what the signer is allowed to do
                call.record.went_through("authorize", now)
        call = await self._authorizers.admit(call, now)
        with of_caller(call):
            if judged.late_refusal is not None:
                raise Fault(judged.late_refusal)
            return await following(call)
