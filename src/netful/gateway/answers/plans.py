"""Plans: what is decided once for all requests that are alike, so that most need no more than a token.

A plan is made of the engine's answers and holds until the cloud changes. A request is answered by its plan alone when

1. it is refused, throttled, or a hit of a cache in this process, or its MOCK integration always says the same;
2. nothing about the caller has to be found out: no authorizer, no API key, no parameters that are required;
3. nothing else is to be done with its answer: no CORS, no compression, no line in an access log, no canary.

Everything else is answered at length. A test demands that both ways give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from netful.engine.admission.execution_logs import writes
from netful.engine.admission.judgement import Judgement
from netful.engine.apis.gateway_responses import response_for
from netful.engine.http.gateway_errors import TOO_MANY, Answer
from netful.engine.usage.caches import Cache, Key, cache_of
from netful.gateway.admission.meter import Admission
from netful.gateway.admission.usage import Usage
from netful.gateway.answers.caching import key_of
from netful.gateway.answers.metrics import Tally
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault, answered
from netful.gateway.integrations.mock import answer, is_constant
from netful.model.apis.api import Api, Authorization, RestApi, Route
from netful.model.apis.stage import Stage
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Request, Response

_CONSTANTS = 64  # content types and accepted types of one route: clients choose them

_PATH, _QUERY = "method.request.path.", "method.request.querystring."


@dataclass(slots=True)
class Plan:
    """A route's. `throttled` is its 429, None where that is made for each request; `cache` is None where nothing is kept.

    `constant`: its MOCK says always the same, by the types of `constants`.
    """

    admission: Admission
    throttled: Response | None
    cache: Cache | None
    constant: bool
    constants: Remembered[tuple[str, str], Response | None] = field(default_factory=lambda: Remembered(_CONSTANTS))

    @property
    def key_is_of_target(self) -> bool:
        """Whether two requests for the same target have the same key in the cache."""
        names = self.cache.key if self.cache else ()
        return all(isinstance(name, str) and name.startswith((_PATH, _QUERY)) for name in names)


@dataclass(slots=True)
class Meaning:
    """What a request means: `host`, `method` and `target` as the API has them, and what is planned for it.

    `target` is None where it is as it was sent. `refusal` is the whole answer to a request that is refused.
    `canary` is what it means to the canary of its stage. `tally` counts it, where it is a stage's.
    """

    judged: Judgement
    host: str
    method: str
    target: str | None
    edge: bool = False
    plan: Plan | None = None
    refusal: Response | None = None
    key: Key | None = None
    canary: Judgement | None = None
    tally: Tally | None = None


def refusal_of(judged: Judgement) -> Response | None:
    """The answer to what is always refused; None where the request is not, or the answer is made for each."""
    api, refusal = judged.api, judged.refusal
    logged = judged.stage is not None and _is_logged(judged.stage)
    if refusal is None or logged or not isinstance(api, RestApi):
        return None
    return _plain(api, refusal)


def plan_of(api: Api, stage: Stage, route: Route, usage: Usage, now: float) -> Plan | None:
    """The plan of a route; None where each request must be answered at length."""
    if not isinstance(api, RestApi) or route.integration is None or _asks(api, stage, route):
        return None
    cache = cache_of(stage, route)
    constant = is_constant(route.integration) and not cache.enabled
    if not cache.enabled and not constant:
        return None
    admission = usage.admission(api, stage, route, now)
    return Plan(admission, _plain(api, TOO_MANY), cache if cache.enabled else None, constant)


def _asks(api: RestApi, stage: Stage, route: Route) -> bool:
    """Whether a request, or its answer, needs more than a token and the integration."""
    of_caller = (
        route.authorization_type is not Authorization.NONE or route.api_key_required or route.request_validator_id
    )
    return bool(of_caller or stage.canary or _adds(api, stage))


def _adds(api: RestApi, stage: Stage | None) -> bool:
    """Whether something is done with every answer."""
    return api.minimum_compression_size is not None or (stage is not None and _is_logged(stage))


def _is_logged(stage: Stage) -> bool:
    return stage.access_log is not None or writes(stage)


def constant_answer(plan: Plan, request: Request, call: Call) -> Response | None:
    """What a MOCK always says to requests of such types; None where it is an error."""
    types = (request.header("content-type"), request.header("accept"))
    if types not in plan.constants:
        try:
            plan.constants.keep(types, answer(call))
        except Fault:
            plan.constants.keep(types, None)
    return plan.constants[types]


def remembered_key(meaning: Meaning, plan: Plan, call: Call) -> Key:
    """The key of a call in its stage's cache."""
    assert plan.cache is not None
    if meaning.key is None:
        key = key_of(call, plan.cache)
        if not plan.key_is_of_target:
            return key
        meaning.key = key
    return meaning.key


def _plain(api: Api | None, answer_: Answer) -> Response | None:
    """An answer that no gateway response of the API changes."""
    return answered(answer_) if response_for(api, answer_) is None else None
