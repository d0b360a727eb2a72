"""Facts about APIs: the API that a URL names, the function behind a route, the settings of a route on a stage."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.uses import Use
from netful.engine.integrations.integration_targets import callee
from netful.engine.names.api_names import own_name
from netful.engine.usage.throttles import ladder
from netful.model.apis.api import Api, ApiRoute, Authorization, Protocol
from netful.model.apis.stage import Stage
from netful.model.apis.usage import PlanStage, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Function

Limits = tuple[float | Unknown, float | Unknown]

_EXECUTE_API = re.compile(r"[^.]+\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")


class ApiCall(Frozen):
    """A URL with an execute-api name. `api` is None if the cloud does not have it; `endpoint_id` is that of `{api}-{vpce}`."""

    use: Use
    host: str
    region: str
    api: Api | None
    endpoint_id: str


def calls_of(facts: Facts, function: Function) -> Iterator[ApiCall]:
    """Return the APIs that a function calls by their execute-api names."""
    for use in facts.uses[function.id]:
        host = urlsplit(use.destination).netloc if use.destination.startswith("https://") else ""
        found = _EXECUTE_API.fullmatch(host)
        if found:
            yield ApiCall(use, host, found["region"], *_named(facts.cloud, host))


def _named(cloud: Cloud, host: str) -> tuple[Api | None, str]:
    """Return the API that a host names, and the endpoint of `{api}-{vpce}`."""
    own = own_name(cloud, host)
    api = cloud.apis.by_id.get(own.api_id) if own else None
    return api, cloud.named(own.endpoint) if own and api else ""


def function_behind(cloud: Cloud, route: ApiRoute) -> Function | None:
    """Return the function that a route's integration invokes, if the cloud has it."""
    called = callee(cloud, route.integration, None).function if route.integration else None
    return cloud.compute.functions.get(called or "")


def routes(cloud: Cloud) -> Iterator[tuple[Api, ApiRoute]]:
    """Return every route of every API."""
    return ((api, route) for api in cloud.apis.by_id.values() for route in api.routes)


def requested_routes(facts: Facts) -> Iterator[tuple[Api, Stage, ApiRoute]]:
    """Yield every route of every API that answers requests, on each of its stages."""
    for api in facts.cloud.apis.by_id.values():
        for stage in facts.cloud.apis.stages_of(api.id) if api.protocol is not Protocol.WEBSOCKET else ():
            for route in api.routes:
                yield api, stage, route


def request_to(api: Api, stage: Stage, route: ApiRoute) -> str:
    """Return a request to a route by the API's own name; a `{parameter}` stays as it is."""
    base = "" if stage.stage_name == "$default" else f"/{stage.stage_name}"
    method = "GET" if route.http_method == "ANY" else route.http_method
    return f"{api.id} {method} {base}/{route.path.strip('/')}"


def authorized(route: ApiRoute) -> bool:
    """Return whether a route requires authorization; an unknown authorization counts as one."""
    return route.authorization_type != Authorization.NONE


def admits_anyone(api: Api, routes: Iterable[ApiRoute]) -> bool:
    """Return whether clients without authorization reach one of an API's routes. A WebSocket API requires it at `$connect` alone."""
    if api.protocol is Protocol.WEBSOCKET:
        return not any(authorized(route) for route in routes if route.path == "$connect")
    return not all(map(authorized, routes))


def throttle_of(api: Api, stage: Stage, route: ApiRoute) -> Limits:
    """Return the lowest rate and burst of a route on a stage for callers without a key."""
    rungs = ladder(api, stage, route)
    return _least([rung.rate for rung in rungs]), _least([rung.burst for rung in rungs])


def _least(limits: Sequence[float | Unknown]) -> float | Unknown:
    """Return the lowest of some limits, Unknown if one is; -1 means no limit."""
    unknown = next((limit for limit in limits if isinstance(limit, Unknown)), None)
    return unknown or min(limit for limit in limits if not isinstance(limit, Unknown) and limit >= 0)


def plans_of(cloud: Cloud, api_id: str) -> Iterator[tuple[UsagePlan, PlanStage]]:
    """Return the usage plans that contain a stage of an API."""
    return (
        (plan, stage) for plan in cloud.apis.usage_plans.values() for stage in plan.stages if stage.api_id == api_id
    )
