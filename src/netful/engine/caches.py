"""What of a route is cached: the stage's cache, the method's override, the key (api-gateway §4).

A response is cached when the stage has a cache cluster, the setting that holds for the method says so, and the TTL is
not 0. The setting for all methods counts for GET alone; any other method needs one of its own that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from netful.engine.throttles import own_setting, setting_for
from netful.model.api import Route
from netful.model.stage import Stage
from netful.model.unknown import Maybe, Unknown

DEFAULT_TTL = 300


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache of one route. `namespace` and `key` are what two requests must share to share an answer."""

    enabled: bool = False
    ttl: Maybe[int] | None = None
    key: tuple[Maybe[str], ...] = ()
    namespace: Maybe[str] = ""
    encrypted: bool = False
    require_authorization: bool = True
    unauthorized_strategy: str = "SUCCEED_WITH_RESPONSE_HEADER"


_NONE = Cache()


def cache_of(stage: Stage, route: Route) -> Cache:
    """The cache that a route of a stage has."""
    setting, integration = setting_for(stage, route), route.integration
    own = own_setting(stage, route)
    applies = route.http_method == "GET" or (own is not None and own.caching_enabled)
    ttl = DEFAULT_TTL if setting.cache_ttl_in_seconds is None else setting.cache_ttl_in_seconds
    if not (stage.cache_cluster_enabled and applies and setting.caching_enabled and ttl != 0):
        return _NONE
    namespace = integration.cache_namespace if integration else None
    return Cache(
        enabled=True,
        ttl=ttl if isinstance(ttl, Unknown) else min(ttl, 3600),
        key=integration.cache_key_parameters if integration else (),
        namespace=route.resource_id if namespace is None else namespace,
        encrypted=bool(setting.cache_data_encrypted),
        require_authorization=setting.require_authorization_for_cache_control is not False,
        unauthorized_strategy=setting.unauthorized_cache_control_header_strategy or _NONE.unauthorized_strategy,
    )
