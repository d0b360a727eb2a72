"""Sessions at the servers of a stack's databases, from the servers' own positions: AWS's services reach them past all groups."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from netful.engine.names.managed_places import server_of
from netful.engine.trace.ends.default_ports import default_port
from netful.stack.network.attempt import Failed, connect
from netful.stack.network.hosts import Hosts
from netful.stack.network.networks import Networks

if TYPE_CHECKING:
    from netful.account.writing import Running  # it imports botocore

_LOOPBACK = IPv4Address("127.0.0.1")


class ServerSessions:
    """Connections to the servers of a stack; `hosts` are made after it."""

    def __init__(self, running: Running, networks: Networks, hosts: Callable[[], Hosts]) -> None:
        self.running = running
        self._networks = networks
        self._hosts = hosts

    async def dial(self, database_id: str) -> socket.socket:
        """Return a connection to the server of a database. Raises ConnectionError with the reason why not."""
        server = self._hosts().server_at(server_of(self.running.cloud, database_id))
        if server is None:
            raise ConnectionError(f"netful runs no database for `{database_id}`: `netful status` has the reason")
        port = default_port(self.running.cloud, server.program.id, 0)
        try:
            return await connect(self._networks, server.position, _LOOPBACK, port)
        except Failed as failure:
            raise ConnectionError(f"`{database_id}`: {failure.detail}") from failure
