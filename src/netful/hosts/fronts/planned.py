"""Fronts that a cloud's databases have: readers, and proxies with a target that netful can run."""

from collections.abc import Iterator

from netful.engine.names import managed_places
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.engines.engine import Engine, engine_of
from netful.hosts.engines.memcached import SERVERLESS, is_encrypted
from netful.hosts.engines.rds import has_tokens, max_connections
from netful.hosts.engines.valkey import accepts_both
from netful.hosts.fronts.front import Front, Proxy
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true, mapping, whole_number
from netful.model.network.managed_ports import READER_PORT

_RESERVED = {Engine.POSTGRESQL: 3, Engine.MARIADB: 0}  # for the superuser, so that no proxy has them
_PERCENT, _BORROW_SECONDS = 100, 120


def fronts_of(cloud: Cloud) -> Iterator[Front]:
    """Yield the fronts of a cloud's databases and caches."""
    for resource in cloud.template.resources.values():
        server = cloud.template.resources[managed_places.server_of(cloud, resource.id)]
        engine = engine_of(server)
        through = managed_places.proxy_of(cloud, resource.id)
        is_proxy, reads = through is not None, managed_places.is_reader(cloud, resource.id) or _reads_only(resource)
        tokens = engine is Engine.POSTGRESQL and has_tokens(server) and not is_proxy
        if engine is not None and (is_proxy or reads or (tokens and resource is server)):
            own, far = (default_port(cloud, id_, 0) for id_ in (resource.id, server.id))
            proxy = _proxy(cloud, through, server, engine) if through is not None else None
            yield Front(resource.id, server.id, engine, own, far, reads, proxy, tokens, origin=resource.origin)
        if engine is not None and managed_places.standbys_of(cloud, resource.id):
            port = default_port(cloud, resource.id, 0)
            yield Front(
                resource.id,
                server.id,
                engine,
                port,
                port,
                read_only=True,
                tokens=tokens,
                standby=True,
                origin=resource.origin,
            )
        if engine is Engine.MEMCACHED:
            yield _node(cloud, resource)
        elif engine is Engine.VALKEY and resource.type == SERVERLESS:
            yield Front(
                resource.id, server.id, engine, READER_PORT, default_port(cloud, resource.id, 0), origin=resource.origin
            )
        elif engine is Engine.VALKEY and resource is server and accepts_both(resource):
            port = default_port(cloud, resource.id, 0)
            yield Front(resource.id, resource.id, engine, port, port, encrypted=True, both=True, origin=resource.origin)


def _node(cloud: Cloud, cache: Resource) -> Front:
    port, place = default_port(cloud, cache.id, 0), managed_places.place_of(cloud, cache.id)
    every = managed_places.nodes_of(cloud, cache.id) or (
        {next(managed_places.names_of(cloud, cache)): place} if place else {}
    )
    nodes = tuple((name, str(eni.private_ip_address or eni.ipv6_address)) for name, eni in every.items())
    encrypted = is_encrypted(cache)
    return Front(
        cache.id, cache.id, Engine.MEMCACHED, port, port, encrypted=encrypted, nodes=nodes, origin=cache.origin
    )


def _reads_only(resource: Resource) -> bool:
    return resource.type == managed_places.PROXY_ENDPOINT and resource.properties.get("TargetRole") == "READ_ONLY"


def _proxy(cloud: Cloud, proxy: Resource, server: Resource, engine: Engine) -> Proxy:
    group = managed_places.target_group_of(cloud, proxy.id)
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
        require_tls=is_true(proxy.properties.get("RequireTLS")),
        limit=max(1, min(every * percent // 100, every - _RESERVED[engine])),
        borrow_seconds=float(whole_number(pool.get("ConnectionBorrowTimeout"), _BORROW_SECONDS)),
    )
