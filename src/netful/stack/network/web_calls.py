"""Calls to web servers: of load balancers to identity providers, each from a node's own place in its VPC, and from the internet.

The former pass the node's groups, network ACLs and routes: a node without a way to the identity provider does not reach it.
"""

import asyncio
import socket
import ssl
from functools import partial

from netful.engine.integrations.web_requests import WebRequest
from netful.fabric.position import Position
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.core.errors import StackError
from netful.model.core.frozen import Frozen
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.stack.network.attempt import Failed, connect, find_address
from netful.stack.network.networks import Networks

INTERNET = "internet"
"""The place of a caller outside all VPCs."""


class _Node(Frozen):
    position: Position
    client: WebClient


class WebCalls:
    """Web clients of the nodes that have called one, and of the internet."""

    def __init__(self, networks: Networks, authority: Authority) -> None:
        self._networks = networks
        self._bundle = authority.bundle
        self._nodes: dict[str, _Node] = {}
        self._making = asyncio.Lock()

    async def send(self, node_id: str, request: WebRequest) -> Response | None:
        """Send a request from a node, by the id of its interface, or from the internet; return None if the server cannot be reached."""
        try:
            node = await self._node(node_id)
            return await node.client.send(request)
        except (UnreachableError, StackError):
            return None

    async def _node(self, node_id: str) -> _Node:
        async with self._making:
            node = self._nodes.get(node_id)
            if node is None:
                position = await self._networks.stand(
                    lambda fabric: (
                        fabric.positions.interface(node_id) if node_id != INTERNET else fabric.positions.internet()
                    )
                )
                trust = ssl.create_default_context(cafile=str(self._bundle))
                node = self._nodes[node_id] = _Node(position, WebClient(partial(self._dial, position), trust))
            return node

    async def _dial(self, position: Position, request: WebRequest) -> socket.socket:
        try:
            address = await find_address(self._networks, position, request.host)
            return await connect(self._networks, position, address, request.port)
        except Failed as end:
            raise UnreachableError(end.detail, misconfigured=end.symptom == "dns") from end

    async def settle(self) -> None:
        """Forget the nodes whose network is gone."""
        for node_id, node in [*self._nodes.items()]:
            if node.position.cut:
                await self._forget(node_id)

    async def _forget(self, node_id: str) -> None:
        node = self._nodes.pop(node_id)
        node.client.close()
        await self._networks.release(node.position)

    async def close(self) -> None:
        """Close all connections."""
        for node_id in [*self._nodes]:
            await self._forget(node_id)
