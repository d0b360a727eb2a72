"""Cache of a route: the stage's cache, the method's override, the key (api-gateway §4).

A response is cached if the stage has a cache cluster, the method's effective setting enables caching, and the TTL is not 0.
Streamed responses are never cached. The setting for all methods applies to GET only; any other method needs a setting of
its own that enables caching.
"""

from enum import Enum

from netful.engine.http.streaming import STREAM
from netful.engine.iam import policies
from netful.engine.integrations.parameter_mapping import Message, evaluate
from netful.engine.usage.throttles import own_setting, setting_for
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.functions.function import Role

DEFAULT_TTL = 300
_EMPTY = "''"


class Cache(Frozen):
    """Cache of one route. Requests with the same `namespace` and `key` values share a response."""

    enabled: bool = False
    ttl: Maybe[int] | None = None
    key: tuple[Maybe[str], ...] = ()
    namespace: Maybe[str] = ""
    encrypted: bool = False
    require_authorization: bool = True
    unauthorized_strategy: str = "SUCCEED_WITH_RESPONSE_HEADER"


_NONE = Cache()


def cache_of(stage: Stage, route: ApiRoute) -> Cache:
    """Return the cache of a route in a stage."""
    setting, integration = setting_for(stage, route), route.integration
    own = own_setting(stage, route)
    applies = route.http_method == "GET" or (own is not None and own.caching_enabled)
    ttl = DEFAULT_TTL if setting.cache_ttl_in_seconds is None else setting.cache_ttl_in_seconds
    streams = (
        integration is not None and integration.response_transfer_mode == STREAM
    )  # a streamed response is never complete
    if streams or not (stage.cache_cluster_enabled and applies and setting.caching_enabled and ttl != 0):
        return _NONE
    namespace = integration.cache_namespace if integration else None
    return Cache(
        enabled=True,
        ttl=ttl if isinstance(ttl, Unknown) else min(ttl, 3600),
        key=key_expressions(integration) if integration else (),
        namespace=route.resource_id if namespace is None else namespace,
        encrypted=bool(setting.cache_data_encrypted),
        require_authorization=setting.require_authorization_for_cache_control is not False,
        unauthorized_strategy=setting.unauthorized_cache_control_header_strategy or _NONE.unauthorized_strategy,
    )


def key_expressions(integration: Integration) -> tuple[Maybe[str], ...]:
    """Return the expressions of the key's values: an integration request parameter has the value that is mapped to it."""
    mappings = integration.request_parameters
    return tuple(
        mappings.get(name, _EMPTY) if isinstance(name, str) and name.startswith("integration.request.") else name
        for name in integration.cache_key_parameters
    )


Key = tuple[str, str, str, tuple[str | None, ...]]
"""Values that two requests must share to share a response: stage, namespace, method, values of the key parameters."""


def cache_key(cache: Cache, stage: Stage, method: str, message: Message) -> Key:
    """Return the key of a request. A missing parameter is an empty value; unlisted parameters are ignored."""
    values = tuple(evaluate(name, message) for name in cache.key if isinstance(name, str))
    partition = partitions(stage.id)[1] if stage.is_canary and not _shares_cache(stage) else stage.id
    return partition, str(cache.namespace), method, values


def partitions(stage_id: str) -> tuple[str, str]:
    """Return the parts of a stage's cache: its own entries, and those of its canary."""
    return stage_id, f"{stage_id}/Canary"


def _shares_cache(stage: Stage) -> bool:
    """Return whether a canary shares its stage's entries: if it is set to, and has the same deployment (§4)."""
    canary = stage.canary
    return canary is not None and canary.use_stage_cache and stage.deployment_id == canary.deployment_id


class Invalidation(Enum):
    """Effect of a request to replace its cache entry (`Cache-Control: max-age=0`)."""

    NONE = "none"
    REPLACE = "replace"
    IGNORE = "ignore"
    WARN = "warn"
    REFUSE = "refuse"


_UNAUTHORIZED = {
    "FAIL_WITH_403": Invalidation.REFUSE,
    "SUCCEED_WITH_RESPONSE_HEADER": Invalidation.WARN,
    "SUCCEED_WITHOUT_RESPONSE_HEADER": Invalidation.IGNORE,
}


def may_invalidate(role: Role | None, arn: str) -> bool:
    """Return whether a role's policies allow it to replace the entry of a method's ARN."""
    if role is None:
        return False
    question = policies.PolicyRequest("execute-api:InvalidateCache", arn)
    return policies.evaluate({"Statement": list(role.statements)}, question).outcome == "allow"


def invalidation(cache: Cache, cache_control: str, *, authorized: bool) -> Invalidation:
    """Return the effect of a request's `Cache-Control`. Only authorized callers may replace entries if authorization is required."""
    directives = {part.strip().lower() for part in cache_control.split(",")}
    if "max-age=0" not in directives:
        return Invalidation.NONE
    if authorized or not cache.require_authorization:
        return Invalidation.REPLACE
    return _UNAUTHORIZED.get(cache.unauthorized_strategy, Invalidation.WARN)
