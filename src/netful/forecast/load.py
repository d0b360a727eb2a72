"""Expected load: invocations of a function or requests to a route in a second, and their duration."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from netful.engine.integrations.integration_targets import callee
from netful.engine.usage.throttles import Limit, Membership, ladder, membership
from netful.model.apis.api import Api, ApiRoute
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError
from netful.model.functions.function import Function

_FORM = re.compile(r"(?P<what>.+)=(?P<rate>\d+(?:\.\d+)?)(?:/(?P<ms>\d+(?:\.\d+)?)(?:ms)?)?")
_ROUTE = re.compile(r"(?P<api>\S+) (?P<method>[A-Z]+) (?P<path>/\S*)")
_HINT = "`OrdersFn=120/80`: 120 a second, each 80 ms; or `OrdersApi GET /prod/orders=120/80`"
_DURATION_MS = 100.0


class Words(NamedTuple):
    """The parts of WHAT=RATE/MILLISECONDS."""

    name: str
    rate: float
    duration_ms: float


class CalledRoute(Frozen):
    """A route of an API on a stage."""

    api: Api
    stage: Stage
    route: ApiRoute


class Load(Frozen):
    """A rate in a second and a duration in milliseconds. `function` is None if a route invokes none; `member` is of the callers' key."""

    name: str
    rate: float
    duration_ms: float
    function: Function | None
    asked: CalledRoute | None = None
    member: Membership | None = None

    @property
    def throttle(self) -> Limit | None:
        """The lowest level of API Gateway's ladder for the callers; None if it is unknown, or the load is not on a route."""
        rungs = ladder(self.asked.api, self.asked.stage, self.asked.route, self.member) if self.asked else ()
        known = [rung for rung in rungs if isinstance(rung.rate, int | float)]
        return min(known, key=lambda rung: float(str(rung.rate)), default=None)

    @property
    def admitted(self) -> float:
        """The part of the rate below the throttle."""
        limit = self.throttle
        return min(self.rate, float(str(limit.rate))) if limit else self.rate


def words(text: str) -> Words:
    """Return the parts of WHAT=RATE/MILLISECONDS. Raise QuestionError for another text."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise QuestionError(f"the load `{text}` is not understood", hint=_HINT)
    return Words(found["what"], float(found["rate"]), float(found["ms"] or _DURATION_MS))


def parse(cloud: Cloud, text: str, api_key: str = "") -> Load:
    """Return the load in WHAT=RATE/MILLISECONDS, of callers with an API key. Raise QuestionError if WHAT matches nothing."""
    name, rate, ms = words(text)
    route = _ROUTE.fullmatch(name)
    if route is None:
        return Load(name, rate, ms, _function(cloud, name))
    asked = _asked(cloud, route["api"], route["method"], route["path"])
    integration = asked.route.integration
    behind = callee(cloud, integration, asked.stage).function if integration else None
    key = next((one.id for one in cloud.apis.api_keys.values() if api_key and one.value == api_key), "")
    function = cloud.compute.functions.get(behind or "")
    return Load(name, rate, ms, function, asked, membership(cloud, asked.stage, key))


def _function(cloud: Cloud, name: str) -> Function:
    function = cloud.compute.functions.get(cloud.named(name))
    if function is None:
        known = ", ".join(f"`{id_}`" for id_ in cloud.compute.functions) or "none"
        raise QuestionError(f"there is no function `{name}`", hint=f"the functions are {known}; {_HINT}")
    return function


def _asked(cloud: Cloud, api_id: str, method: str, path: str) -> CalledRoute:
    api = cloud.apis.by_id.get(cloud.named(api_id))
    if api is None:
        raise QuestionError(f"there is no API `{api_id}`", hint=f"the APIs are {', '.join(cloud.apis.by_id) or 'none'}")
    for asked in _routes(cloud, api):
        if asked.route.http_method in (method, "ANY") and path in _paths(asked):
            return asked
    raise QuestionError(f"`{api_id}` has no route `{method} {path}`", hint=f"`netful show {api_id}` lists them")


def _routes(cloud: Cloud, api: Api) -> Iterator[CalledRoute]:
    return (CalledRoute(api, stage, route) for stage in cloud.apis.stages_of(api.id) for route in api.routes)


def _paths(asked: CalledRoute) -> tuple[str, str]:
    """Return the notations of a route: with the stage, and without."""
    path = "/" + asked.route.path.strip("/")
    return path, f"/{asked.stage.stage_name}{path}"
