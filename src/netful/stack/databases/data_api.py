"""RDS Data API of a stack: it reaches the servers of the stack's databases from their own positions, as AWS does past all groups."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address

from netful.account.creation_times import CreationTimes
from netful.account.managed.view import View
from netful.account.rds_data.api import RdsDataApi
from netful.account.writing import Running
from netful.engine.names.managed_places import server_of
from netful.engine.trace.ends.default_ports import default_port
from netful.services.deploy.dynamic_references import value_at
from netful.services.http.backend_requests import CallHost
from netful.stack.network.attempt import Failed, connect
from netful.stack.network.hosts import Hosts
from netful.stack.network.networks import Networks

_LOOPBACK = IPv4Address("127.0.0.1")


def data_api(running: Running, networks: Networks, hosts: Callable[[], Hosts], call_host: CallHost) -> RdsDataApi:
    """Return the API of a stack; `hosts` are made after it."""
    times = CreationTimes()

    async def dial(cluster_id: str) -> socket.socket:
        cloud = running.cloud
        server = hosts().server_at(server_of(cloud, cluster_id))
        if server is None:
            raise ConnectionError(f"netful runs no database for `{cluster_id}`: `netful status` has the reason")
        try:
            return await connect(networks, server.position, _LOOPBACK, default_port(cloud, server.program.id, 0))
        except Failed as failure:
            raise ConnectionError(f"`{cluster_id}`: {failure.detail}") from failure

    async def read_secret(arn: str) -> str | None:
        return await value_at("secretsmanager", arn, running.cloud.region, call_host)

    return RdsDataApi(lambda: View.of(running.cloud, times), dial, read_secret)
