"""Front of a server: a reader of a cluster, a read replica, an RDS Proxy, a database with tokens of IAM, or a cache.

A front has the engine's own protocol. It reads no more than the beginning of a connection, opens a session of the server for it, and
the rest is passed on as it is. TLS ends at the front and begins again with the server's own certificate, so that channel binding holds.

| | reader, standby | proxy | database with tokens |
|---|---|---|---|
| sessions | read-only | as they are | as they are |
| users | the server's | those whose secret the proxy has | the server's |
| shown by them | passwords; tokens if the database has them | passwords or tokens | tokens by those with `rds_iam`, passwords by others |
| connections | the server's | `MaxConnectionsPercent`; others wait for `ConnectionBorrowTimeout` | the server's |
| way to the server | none that groups filter | through the network, from the proxy's interface | in its own namespace, where it listens on the loopback |

A standby of a Multi-AZ cluster is a reader at an interface of its cluster.

A cache that accepts connections with and without TLS has a front, which looks at their first byte.

A node of memcached answers auto discovery itself, and the reader's port of a serverless cache leads to the cache's own.

A session of a proxy keeps its connection to its end, as one that is pinned: connections are not shared.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol

from netful.hosts.engines.engine import Engine
from netful.hosts.fronts.connection import Connection
from netful.model.core import DEFAULT, Frozen, Origin

Dial = Callable[[], Awaitable[Connection]]
"""Opens a connection to the server of a front. Raises Exhausted if the front has no free one."""

EXHAUSTED = "Timed-out waiting to acquire database connection"


class Refused(Exception):  # noqa: N818  # an outcome, not an error
    """Refusal of a connection: its beginning was not the protocol's, or the front or the server has refused it."""


class Exhausted(Refused):
    """No connection to the server in time."""


class Front(Frozen):
    """A front at the interface of a resource, before a server. `tokens`: the server's users with `rds_iam` show tokens of IAM.

    `encrypted`: connections begin with TLS, which ends here; with `both`, others are passed on as well. `standby`: at the interfaces of
    the cluster where its writer is not. `nodes` are those that a node of memcached returns: name and address.
    """

    id: str
    server: str
    engine: Engine
    port: int
    server_port: int
    read_only: bool = False
    proxy: Proxy | None = None
    tokens: bool = False
    encrypted: bool = False
    both: bool = False
    standby: bool = False
    nodes: tuple[tuple[str, str], ...] = ()
    origin: Origin = DEFAULT

    @property
    def is_before_loopback(self) -> bool:
        """Return whether the server listens on the loopback of its namespace, because the front has its port."""
        return self.tokens or self.both or self.engine is Engine.MEMCACHED

    @property
    def what(self) -> str:
        """Return what the front is, for the status."""
        return f"{'proxy' if self.proxy else 'reader'} of {self.server}"


class Proxy(Frozen):
    """Settings of an RDS Proxy.

    `secrets` are the ids of the secrets with users and passwords, `limit` is the number of connections at a time. `tokens`
    and `passwords` tell what a user may show.
    """

    secrets: tuple[str, ...] = ()
    tokens: bool = False
    passwords: bool = True
    require_tls: bool = False
    limit: int = 0
    borrow_seconds: float = 0.0


class Logins(Protocol):
    """Users of a proxy."""

    async def password_of(self, user: str) -> str | None:
        """Return the password of a user by the proxy's secrets; None if no secret has the user."""

    def refusal(self, token: str, user: str) -> str:
        """Return the reason why a token of IAM does not admit a user, "" if it does."""


class Certificates(Frozen, dict=True):
    """TLS of a front: as a server to its clients, as a client to the server, and as the client of a user whom tokens may admit."""

    near: ssl.SSLContext
    far: ssl.SSLContext
    far_as: Callable[[str], ssl.SSLContext]


async def admitted(front: Front, logins: Logins, user: str, shown: str) -> str:
    """Return the reason why what a user shows in clear text does not admit it, "" if it does."""
    assert front.proxy is not None
    if front.proxy.passwords and shown == await logins.password_of(user):
        return ""
    return logins.refusal(shown, user)
