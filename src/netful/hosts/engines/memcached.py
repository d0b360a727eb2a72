"""memcached as a cache of ElastiCache (hosts §4).

| of the template | here |
|---|---|
| nodes | a server for each, at an interface of its own |
| auto discovery (`config get cluster`), transit encryption | by the front of a node (`hosts.fronts.memcached`); the server listens on the loopback |
| memory | 64 MB for each node |
"""

from netful.hosts.engines.engine import Installed
from netful.hosts.engines.server import HOST, PORT, Client, Server
from netful.hosts.engines.settings import names_of, port_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true
from netful.model.functions.programs import Health

SERVERLESS = "AWS::ElastiCache::ServerlessCache"
_MEMORY = 64  # MB

_PLAIN = Client(("nc", HOST, PORT), "netcat-openbsd")
_OVER_TLS = Client(("openssl", "s_client", "-quiet", "-host", HOST, "-port", PORT), "openssl")


def server(cloud: Cloud, cache: Resource, program: Installed) -> Server:
    """Return the server of each node of a cache."""
    port = port_of(cache)
    return Server(
        id=cache.id,
        command=f"exec {program.path} -l 127.0.0.1 -p {port} -U 0 -m {_MEMORY}",
        certificate_names=names_of(cloud, cache),
        origin=cache.origin,
        health=Health(port, loopback=True),
        engine="memcached",
        client=_OVER_TLS if is_encrypted(cache) else _PLAIN,
    )


def is_encrypted(cache: Resource) -> bool:
    """Return whether clients begin with TLS."""
    return cache.type == SERVERLESS or is_true(cache.properties.get("TransitEncryptionEnabled"))
