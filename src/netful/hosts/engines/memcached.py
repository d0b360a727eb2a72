"""memcached as a cache of ElastiCache (hosts §4).

| of the template | here |
|---|---|
| transit encryption | TLS by the stack's authority, and no port without TLS |
| further nodes, auto discovery (`config get cluster`) | none: the configuration endpoint leads to the one server |
| memory | 64 MB |
"""

from netful.hosts.engines.engine import Installed
from netful.hosts.engines.server import HOST, PORT, Client, Server
from netful.hosts.engines.settings import is_true, names_of, port_of
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.functions.programs import Health

_MEMORY = 64  # MB
_SERVERLESS = "AWS::ElastiCache::ServerlessCache"
_TLS = ' -Z -o ssl_chain_cert="$HOME/certificate.pem",ssl_key="$HOME/key.pem"'

_PLAIN = Client(("nc", HOST, PORT), "netcat-openbsd")
_OVER_TLS = Client(("openssl", "s_client", "-quiet", "-host", HOST, "-port", PORT), "openssl")


def server(cloud: Cloud, cache: Resource, program: Installed) -> Server:
    """Return the server of a cache."""
    port, names = port_of(cache), names_of(cloud, cache)
    encrypted = cache.type == _SERVERLESS or is_true(cache.properties, "TransitEncryptionEnabled")
    return Server(
        id=cache.id,
        command=f"exec {program.path} -p {port} -U 0 -m {_MEMORY}{_TLS if encrypted else ''}",
        certificate_names=names if encrypted else (),
        origin=cache.origin,
        health=Health(port),
        engine="memcached",
        client=_OVER_TLS if encrypted else _PLAIN,
    )
