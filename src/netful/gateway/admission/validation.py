"""Request validator: a call that lacks what its method requires ends before its integration (api-gateway §5.13)."""

from __future__ import annotations

from netful.engine.apis.request_validation import BodyCheck, body_check, missing, model_for, validator_of
from netful.engine.http.gateway_errors import invalid_body, missing_parameters
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import RequestModel, RestApi
from netful.services.http.message import Response


class Validation(CallStage):
    """Checks by the models of every API, each made at its first use."""

    def __init__(self) -> None:
        self._checks: dict[tuple[str, str], tuple[RestApi, BodyCheck]] = {}

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the method has no validator."""
        judged = meaning.judged
        return judged.api is None or judged.route is None or validator_of(judged.api, judged.route) is None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Check a call."""
        self.check(call)
        return await following(call)

    def check(self, call: Call) -> None:
        """Raise Fault for a call without a required parameter, or with a body that is not of its model."""
        if call.route.request_parameters:
            names = missing(call.api, call.route, call.message(request_context(call)))
            if names:
                raise Fault(missing_parameters(names))
        model = model_for(call.api, call.route, call.request.header("content-type"))
        wrong = self._body_check(call.api, model)(call.text) if model and isinstance(call.api, RestApi) else ""
        if wrong:
            raise Fault(invalid_body(wrong))

    def _body_check(self, api: RestApi, model: RequestModel) -> BodyCheck:
        place = (api.id, model.name)
        of, made = self._checks.get(place, (None, None))
        if of is not api or made is None:
            made = body_check(api, model)
            self._checks[place] = api, made
        return made
