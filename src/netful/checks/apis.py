"""What rules ask of APIs: the API that a URL names, the function behind a route, the settings of a route on a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from netful.checks.facts import Facts
from netful.checks.uses import Use
from netful.model.api import Api, Authorization, Route
from netful.model.cloud import Cloud
from netful.model.function import Function
from netful.model.stage import ANY, MethodSetting, Stage
from netful.model.usage import PlanStage, UsagePlan

ACCOUNT_RATE = 10_000
"""Requests a second of an account in a region (api-gateway §3.1)."""

_EXECUTE_API = re.compile(r"(?P<api>[^.]+?)(?:-(?P<endpoint>vpce-[^.]+))?\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_FUNCTION = re.compile(r"function:(?P<name>[^:/]+)")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A URL of an execute-api name. `api` is None when it is none of the cloud's; `endpoint_id` as in `{api}-{vpce}`."""

    use: Use
    host: str
    api: Api | None
    endpoint_id: str


def calls_of(facts: Facts, function: Function) -> Iterator[ApiCall]:
    """The APIs that a function calls by their execute-api names."""
    for use in facts.uses[function.id]:
        host = urlsplit(use.destination).netloc if use.destination.startswith("https://") else ""
        found = _EXECUTE_API.fullmatch(host)
        if found:
            apis = {api.id.lower(): api for api in facts.cloud.apis.values()}
            yield ApiCall(use, host, apis.get(found["api"].lower()), found["endpoint"] or "")


def function_behind(cloud: Cloud, route: Route) -> Function | None:
    """The function that a route's integration invokes, when it is of the cloud."""
    uri = route.integration.uri if route.integration else None
    found = _FUNCTION.search(uri) if isinstance(uri, str) else None
    if found is None:
        return None
    name = found["name"]
    return cloud.functions.get(name) or next((f for f in cloud.functions.values() if f.function_name == name), None)


def routes(cloud: Cloud) -> Iterator[tuple[Api, Route]]:
    """Every route of every API."""
    return ((api, route) for api in cloud.apis.values() for route in api.routes)


def authorized(route: Route) -> bool:
    """Whether a route asks who calls; one whose authorization is not known is taken to."""
    return route.authorization_type != Authorization.NONE


def settings(stage: Stage, route: Route) -> tuple[MethodSetting, ...]:
    """The settings of a stage that hold for a route, the route's own first (api-gateway §3.3)."""
    path, method = route.path.strip("/"), route.http_method.upper()
    own = [s for s in stage.method_settings if s.resource_path.strip("/") == path and s.http_method.upper() in (method, ANY)]
    return (*own, *(s for s in stage.method_settings if s not in own and _for_all(s)))


def rate_of(stage: Stage, route: Route) -> float | None:
    """The throttle of a route on a stage; None when it has none of its own."""
    rates = (setting.throttling_rate_limit for setting in settings(stage, route))
    return next((float(rate) for rate in rates if isinstance(rate, int | float) and rate >= 0), None)


def default_rate(stage: Stage) -> float | None:
    """The throttle of every method of a stage that has none of its own."""
    rates = (setting.throttling_rate_limit for setting in stage.method_settings if _for_all(setting))
    return next((float(rate) for rate in rates if isinstance(rate, int | float) and rate >= 0), None)


def cached(stage: Stage, route: Route) -> bool:
    """Whether a stage keeps the answers of a route: GET unless a setting of its own says so (§4)."""
    if not stage.cache_cluster_enabled:
        return False
    held = settings(stage, route)
    wanted = next((s.caching_enabled for s in held if s.caching_enabled is not None), None)
    own = any(not _for_all(setting) for setting in held)
    return bool(wanted) and (route.http_method.upper() == "GET" or own)


def plans_of(cloud: Cloud, api_id: str) -> Iterator[tuple[UsagePlan, PlanStage]]:
    """The usage plans that open a stage of an API."""
    return ((plan, stage) for plan in cloud.usage_plans.values() for stage in plan.stages if stage.api_id == api_id)


def _for_all(setting: MethodSetting) -> bool:
    return setting.resource_path.strip("/") == ANY and setting.http_method == ANY
