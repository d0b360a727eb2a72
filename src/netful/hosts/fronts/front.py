"""Front of a database's server: a reader of a cluster, or a read replica.

A front has the engine's own protocol. It reads no more than the beginning of a connection, opens a session of the server for it, and
the rest is passed on as it is. TLS ends at the front and begins again with the server's own certificate, so that channel binding holds.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from netful.engine.names.managed_places import is_reader, server_of
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.engines.engine import Engine, engine_of
from netful.hosts.fronts.connection import Connection
from netful.model.cloud import Cloud
from netful.model.core.origin import DEFAULT, Origin

Dial = Callable[[], Awaitable[Connection]]
"""Opens a connection to the server of a front."""


class Refused(Exception):  # noqa: N818  # an outcome, not an error
    """Refusal of a connection: its beginning was not the protocol's, or the front or the server has refused it."""


@dataclass(frozen=True, slots=True)
class Front:
    """A front at the interface of a resource, before the server of another one."""

    id: str
    server: str
    engine: Engine
    port: int
    server_port: int
    read_only: bool = False
    origin: Origin = DEFAULT

    @property
    def what(self) -> str:
        """Return what the front is, for the status."""
        return f"reader of {self.server}"


@dataclass(frozen=True)
class Certificates:
    """TLS of a front: as a server to its clients, and as a client to the server."""

    near: ssl.SSLContext
    far: ssl.SSLContext


def fronts_of(cloud: Cloud) -> Iterator[Front]:
    """Yield the fronts of a cloud's databases."""
    for resource in cloud.template.resources.values():
        if is_reader(cloud, resource.id):
            server = cloud.template.resources[server_of(cloud, resource.id)]
            engine = engine_of(server)
            if engine is not None:
                own, far = (default_port(cloud, id_, 0) for id_ in (resource.id, server.id))
                yield Front(resource.id, server.id, engine, own, far, read_only=True, origin=resource.origin)
