"""Request validator: a call that lacks what its method requires ends before its integration (api-gateway §5.13)."""

from __future__ import annotations

import logging
import pickle
from dataclasses import dataclass

from netful.engine.apis.request_validation import (
    BodyCheck,
    body_check,
    missing,
    model_for,
    model_for_message,
    validator_of,
    wrong_apart,
)
from netful.engine.effort.allowance import BeyondAllowanceError, of_turn
from netful.engine.http.gateway_errors import INTERNAL_ERROR, invalid_body, missing_parameters
from netful.gateway.apart.apart import ApartError
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.ports import Run
from netful.model.apis.api import Api, RequestModel, RestApi
from netful.services.http.message import Response

log = logging.getLogger(__name__)


class Validation(CallStage):
    """Stage that checks calls by the models of every API, each made at its first use. What is beyond a turn goes to `apart`."""

    title = "validation"

    def __init__(self, apart: Run) -> None:
        self._apart = apart
        self._checks: dict[tuple[str, str], _Check] = {}

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the method has no validator."""
        judged = meaning.judged
        return judged.api is None or judged.route is None or validator_of(judged.api, judged.route) is None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Check a call."""
        await self.check(call)
        return await following(call)

    async def check(self, call: Call) -> None:
        """Raise Fault for a call without a required parameter, or with a body that is not of its model."""
        if call.route.request_parameters:
            names = missing(call.api, call.route, call.message(request_context(call)))
            if names:
                raise Fault(missing_parameters(names))
        rest = isinstance(call.api, RestApi)
        model = (
            model_for(call.api, call.route, call.request.header("content-type"))
            if rest
            else model_for_message(call.api, call.route, call.text)
        )
        wrong = await self._wrong(call, call.api, model) if model else ""
        if wrong:
            raise Fault(invalid_body(wrong, rest=rest))

    async def _wrong(self, call: Call, api: Api, model: RequestModel) -> str:
        place = (api.id, model.name)
        check = self._checks.get(place)
        if check is None or check.api is not api:
            check = self._checks[place] = _Check.of(api, model)
        if check.in_turn is not None:
            try:
                return check.in_turn(call.text, of_turn())
            except BeyondAllowanceError:
                pass
        try:
            wrong: str = await self._apart(wrong_apart, check.models(), model.name, call.text)
        except ApartError as error:
            log.warning("%s: the check of a body by model %s is given up: %s", call.route.origin, model.name, error)
            raise Fault(INTERNAL_ERROR) from error
        return wrong


@dataclass
class _Check:
    """Check of bodies by a model of an API; `in_turn` is None if making it takes more than a turn."""

    api: Api
    model: RequestModel
    in_turn: BodyCheck | None
    pickled: bytes = b""

    @classmethod
    def of(cls, api: Api, model: RequestModel) -> _Check:
        """Return the check by a model."""
        try:
            return cls(api, model, body_check(api.models, model, of_turn()))
        except BeyondAllowanceError:
            return cls(api, model, None)

    def models(self) -> bytes:
        """Return the pickled models, the own one with the others."""
        self.pickled = self.pickled or pickle.dumps({**self.api.models, self.model.name: self.model})
        return self.pickled
