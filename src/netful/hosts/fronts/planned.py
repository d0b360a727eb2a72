"""Fronts that a cloud's databases have: readers, and proxies with a target that netful can run."""

from collections.abc import Iterator

from netful.engine.names.managed_places import PROXY_ENDPOINT, is_reader, proxy_of, server_of, target_group_of
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.engines.engine import Engine, engine_of
from netful.hosts.engines.rds import has_tokens, max_connections
from netful.hosts.fronts.front import Front, Proxy
from netful.model.cloud import Cloud
from netful.model.core.json_values import mapping
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource

_RESERVED = {Engine.POSTGRESQL: 3, Engine.MARIADB: 0}  # for the superuser, so that no proxy has them
_PERCENT, _BORROW_SECONDS = 100, 120


def fronts_of(cloud: Cloud) -> Iterator[Front]:
    """Yield the fronts of a cloud's databases."""
    for resource in cloud.template.resources.values():
        server = cloud.template.resources[server_of(cloud, resource.id)]
        engine = engine_of(server)
        through = proxy_of(cloud, resource.id)
        is_proxy, reads = through is not None, is_reader(cloud, resource.id) or _reads_only(resource)
        tokens = engine is Engine.POSTGRESQL and has_tokens(server) and not is_proxy
        if engine is not None and (is_proxy or reads or (tokens and resource is server)):
            own, far = (default_port(cloud, id_, 0) for id_ in (resource.id, server.id))
            proxy = _proxy(cloud, through, server, engine) if through is not None else None
            yield Front(resource.id, server.id, engine, own, far, reads, proxy, tokens, resource.origin)


def _reads_only(resource: Resource) -> bool:
    return resource.type == PROXY_ENDPOINT and resource.properties.get("TargetRole") == "READ_ONLY"


def _proxy(cloud: Cloud, proxy: Resource, server: Resource, engine: Engine) -> Proxy:
    group = target_group_of(cloud, proxy.id)
    pool = mapping(group.properties.get("ConnectionPoolConfigurationInfo") if group else None)
    every = max_connections(cloud, server)
    percent = whole_number(pool.get("MaxConnectionsPercent"), _PERCENT)
    listed = proxy.properties.get("Auth")
    auth = [mapping(one) for one in listed] if isinstance(listed, list) else []
    by_iam = {str(one.get("IAMAuth") or "DISABLED") for one in auth}
    named = (one.get("SecretArn") for one in auth)
    return Proxy(
        secrets=tuple(one for one in named if isinstance(one, str)),
        tokens=by_iam != {"DISABLED"},
        passwords=by_iam != {"REQUIRED"},
        require_tls=str(proxy.properties.get("RequireTLS")).lower() == "true",
        limit=max(1, min(every * percent // 100, every - _RESERVED[engine])),
        borrow_seconds=float(whole_number(pool.get("ConnectionBorrowTimeout"), _BORROW_SECONDS)),
    )
