"""NF503: a cached answer reaches other callers, because the cache key does not contain the caller or the resource (§4).

The cache key contains only the parameters that the method lists. Other path parameters, headers and query strings are
ignored, and so is the caller: every caller gets the first one's answer until it expires.

Instead: List every path parameter and the header that identifies the caller in `CacheKeyParameters`, or do not cache
the method.
"""

import re

from netful.checks.facts.apis import authorized
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.usage.caches import cache_of, key_expressions
from netful.model.apis.api import Api, ApiRoute

_IDENTITY = ("authorization", "x-api-key", "cookie", "context.authorizer", "context.identity", "tenant", "user")
_DEFAULT = "method.request.header.Authorization"


@Rule.of("cached answer reaches other callers", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.rest_apis.values():
        stages = facts.cloud.apis.stages_of(api.id)
        for route in api.routes:
            if any(cache_of(stage, route).enabled for stage in stages):
                yield from _leaks(api, route)


def _leaks(api: Api, route: ApiRoute) -> Problems:
    key = [str(part).lower() for part in key_expressions(route.integration)] if route.integration else []
    name = f"`{route.http_method} {route.path}` of `{api.id}`"
    callers = _told_apart_by(api, route)
    if authorized(route) and not any(word in part for part in key for word in (*_IDENTITY, *map(str.lower, callers))):
        message = f"{name} is authorized and cached, but its key does not contain the caller: one caller gets another's answer"
        hint = f"add {', '.join(f'`{one}`' for one in callers)} to `CacheKeyParameters`"
        yield Problem(api.id, route.origin, message, hint)
    absent = [p for p in re.findall(r"\{([^}+]+)\+?\}", route.path) if f"method.request.path.{p}".lower() not in key]
    if absent:
        message = (
            f"{name} is cached, but its key lacks {', '.join(f'`{p}`' for p in absent)}: all values share one answer"
        )
        hint = "add " + ", ".join(f"`method.request.path.{p}`" for p in absent) + " to `CacheKeyParameters`"
        yield Problem(api.id, route.origin, message, hint)


def _told_apart_by(api: Api, route: ApiRoute) -> list[str]:
    """Return the parameters by which the route's authorizer knows a caller."""
    authorizer = api.authorizers.get(str(route.authorizer_id))
    written = [one for one in authorizer.identity_source if isinstance(one, str)] if authorizer else []
    return [one for one in written if one.startswith("method.request.")] or [_DEFAULT]
