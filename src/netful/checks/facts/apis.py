"""Facts about APIs: the API that a URL names, the function behind a route, the settings of a route on a stage."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.uses import Use
from netful.engine.names.api_names import own_name
from netful.model.apis.api import Api, ApiRoute, Authorization
from netful.model.apis.stage import ANY, MethodSetting, Stage
from netful.model.apis.usage import PlanStage, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Function

Limits = tuple[float | Unknown, float | Unknown]

ACCOUNT_RATE = 10_000
"""Requests a second of an account in a region (api-gateway §3.1)."""

ACCOUNT_THROTTLE: Limits = (ACCOUNT_RATE, 5_000)

_EXECUTE_API = re.compile(r"[^.]+\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
_FUNCTION = re.compile(r"function:(?P<name>[^:/]+(?:/(?!(?:response-streaming-)?invocations)[^:/]+)?)")


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
    uri = route.integration.uri if route.integration else None
    found = _FUNCTION.search(uri) if isinstance(uri, str) else None
    if found is None:
        return None
    name = found["name"]
    return cloud.compute.functions.get(name) or next(
        (f for f in cloud.compute.functions.values() if f.function_name == name), None
    )


def routes(cloud: Cloud) -> Iterator[tuple[Api, ApiRoute]]:
    """Return every route of every API."""
    return ((api, route) for api in cloud.apis.by_id.values() for route in api.routes)


def authorized(route: ApiRoute) -> bool:
    """Return whether a route requires authorization; an unknown authorization counts as one."""
    return route.authorization_type != Authorization.NONE


def settings(stage: Stage, route: ApiRoute) -> tuple[MethodSetting, ...]:
    """Return the settings of a stage that apply to a route, the route's own first (api-gateway §3.3)."""
    path, method = route.path.strip("/"), route.http_method.upper()
    own = [
        s
        for s in stage.method_settings
        if s.resource_path.strip("/") == path and s.http_method.upper() in (method, ANY)
    ]
    return (*own, *(s for s in stage.method_settings if s not in own and _for_all(s)))


def throttle_of(stage: Stage, route: ApiRoute) -> Limits:
    """Return the rate and burst of a route on a stage for callers without a key: the stage's, limited by the account's."""
    held = settings(stage, route)
    rate = next((s.throttling_rate_limit for s in held if _is_set(s.throttling_rate_limit)), ACCOUNT_THROTTLE[0])
    burst = next((s.throttling_burst_limit for s in held if _is_set(s.throttling_burst_limit)), ACCOUNT_THROTTLE[1])
    return (_least(rate, ACCOUNT_THROTTLE[0]), _least(burst, ACCOUNT_THROTTLE[1]))


def default_rate(stage: Stage) -> float | None:
    """Return the rate limit of the methods of a stage that have none of their own."""
    rates = (setting.throttling_rate_limit for setting in stage.method_settings if _for_all(setting))
    return next((float(rate) for rate in rates if isinstance(rate, int | float) and rate >= 0), None)


def cached(stage: Stage, route: ApiRoute) -> bool:
    """Return whether a stage caches the answers of a route: by default only GET, others by their own setting (§4)."""
    if not stage.cache_cluster_enabled:
        return False
    held = settings(stage, route)
    wanted = next((s.caching_enabled for s in held if s.caching_enabled is not None), None)
    own = any(not _for_all(setting) for setting in held)
    return bool(wanted) and (route.http_method.upper() == "GET" or own)


def plans_of(cloud: Cloud, api_id: str) -> Iterator[tuple[UsagePlan, PlanStage]]:
    """Return the usage plans that contain a stage of an API."""
    return (
        (plan, stage) for plan in cloud.apis.usage_plans.values() for stage in plan.stages if stage.api_id == api_id
    )


def _for_all(setting: MethodSetting) -> bool:
    return setting.resource_path.strip("/") == ANY and setting.http_method == ANY


def _is_set(limit: float | Unknown | None) -> bool:
    """Return whether a limit is set; -1 means no limit."""
    return isinstance(limit, Unknown) or (limit is not None and limit >= 0)


def _least(limit: float | Unknown | None, account: float | Unknown) -> float | Unknown:
    if isinstance(limit, Unknown) or isinstance(account, Unknown) or limit is None:
        return limit if isinstance(limit, Unknown) else account
    return min(limit, account)
