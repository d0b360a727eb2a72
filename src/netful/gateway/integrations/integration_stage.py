"""Integration of a route as the last stage of a call."""

from typing import Any, Literal

from netful.engine.effort.allowance import BeyondAllowanceError
from netful.engine.http.streaming import streams
from netful.gateway.calls.call import Call, place_of
from netful.gateway.calls.call_stage import LATER, AtOnce, CallStage, Later, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.identifiers import new_identifiers
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Metrics
from netful.gateway.integrations import mock
from netful.gateway.integrations.integrations import Integrations
from netful.gateway.integrations.mapping import Mapper
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Request, Response

_CONSTANTS = 64  # of types per route, because clients choose them


class IntegrationStage(CallStage):
    """Stage that has the integration answer. A MOCK with a constant response answers at once."""

    title = "integration"

    def __init__(self, integrations: Integrations, metrics: Metrics, clock: Clock) -> None:
        self._integrations = integrations
        self._metrics = metrics
        self._clock = clock

    def at_once(self, meaning: Meaning) -> AtOnce | None:
        """Return the short way with the responses of a MOCK, by the types that the client sends and accepts."""
        api, stage, route = meaning.judged.api, meaning.judged.stage, meaning.judged.route
        if api is None or stage is None or route is None or meaning.judged.integration_refusal is not None:
            return None
        if route.integration is None or streams(api, route.integration) or not mock.is_constant(route.integration):
            return None
        known: Remembered[tuple[str, str], Response | Literal[Later.LATER]] = meaning.cloud.derived(
            ("constants", *place_of(stage, route)), lambda: Remembered(_CONSTANTS)
        )

        def constant(request: Request, _now: float, at: float) -> Response | Literal[Later.LATER]:
            if request.body:
                return LATER
            first = request.first
            types = first.get("content-type", ""), first.get("accept", "")
            return known.get(types) or known.keep(types, _constant(meaning.call(request, new_identifiers(at), at)))

        return constant

    async def __call__(self, call: Call, following: Next) -> Response:  # noqa: ARG002  # nothing follows
        """Have the integration answer a call."""
        integration = call.route.integration
        of_mock = integration is not None and integration.type == "MOCK"  # no latency: a MOCK calls nothing
        tally = None if of_mock else self._metrics.of(call.judged)
        began = self._clock.monotonic()
        try:
            return await self._integrations.answer(call)
        finally:
            if tally is not None:
                tally.integrated(call.at, self._clock.monotonic() - began)


def _constant(call: Call) -> Response | Literal[Later.LATER]:
    """Return the response of a MOCK; LATER for an error, whose response the API may shape by the call, or if it has to wait."""
    answering = mock.answer(call, Mapper(_nowhere))
    try:
        answering.send(None)
    except StopIteration as done:
        response: Response = done.value
        return response
    except (Fault, BeyondAllowanceError):
        return LATER
    raise AssertionError(call.route)  # it waits for nothing


async def _nowhere(*_work: Any) -> Any:
    """Refuse work apart."""
    raise BeyondAllowanceError
