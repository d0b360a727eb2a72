"""Connections of API Gateway to web servers: from its own place on the internet, or through VPC links.

| destination of the request | source |
|---|---|
| a URL | a client's place on the emulated internet |
| a link of the second version | an interface of the link in its first subnet that has room, with the link's groups |
| a link of the first version | the load balancer's own node: PrivateLink ends there, and no filter is between |

A place is made at the first request that needs it, and kept for as long as the link exists.
"""

import asyncio
import socket
from functools import partial

from netful.engine.integrations.vpc_links import LinkEnd
from netful.engine.integrations.web_requests import WebRequest
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.apis.domain import VpcLink
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.model.network.vpc import IPAddress
from netful.stack.network.attempt import Failed, connect, find_address
from netful.stack.network.networks import Networks

_Place = tuple[object, ...]


class GatewayDialer:
    """Dialer of the gateway's web client."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._positions: dict[_Place, Position] = {}
        self._making = asyncio.Lock()

    async def dial(self, request: WebRequest) -> socket.socket:
        """Return a socket that is connected to the destination of a request. Raises UnreachableError."""
        try:
            position = await self._position(request.link)
            address = await self._address(position, request)
            return await connect(self._networks, position, address, request.port)
        except Failed as end:
            raise UnreachableError(end.detail, misconfigured=end.symptom == "dns") from end
        except StackError as problem:
            raise UnreachableError(str(problem)) from problem

    async def settle(self, cloud: Cloud) -> None:
        """Release the places of links that have changed, or whose network is gone."""
        kept = {("internet",), *(("link", link) for link in cloud.apis.vpc_links.values())}
        for place, position in [*self._positions.items()]:
            if place not in kept or position.cut:
                del self._positions[place]
                await self._networks.release(position)

    async def _address(self, position: Position, request: WebRequest) -> IPAddress:
        if request.link is not None:
            return request.link.address
        return await find_address(self._networks, position, request.host)

    async def _position(self, link: LinkEnd | None) -> Position:
        place: _Place = ("internet",)
        if link is not None:
            place = ("link", link.link) if link.link.version > 1 else ("node", link.node)
        async with self._making:
            position = self._positions.get(place)
            if position is None:
                position = await self._networks.stand(partial(_stand, link))
                self._positions[place] = position
        return position


def _stand(end: LinkEnd | None, fabric: Fabric) -> Position:
    if end is None:
        return fabric.positions.internet()
    if end.link.version > 1:
        return _in_subnet(end.link, fabric)
    if end.node is None:
        raise StackError(f"`{end.link.id}` leads to no load balancer")
    return fabric.positions.interface(end.node.id)


def _in_subnet(link: VpcLink, fabric: Fabric) -> Position:
    groups = tuple(group_id for group_id in link.security_group_ids if isinstance(group_id, str))
    problem = StackError(f"`{link.id}` has no subnet that is known", origin=link.origin)
    for subnet_id in link.subnet_ids:
        try:
            if isinstance(subnet_id, str):
                return fabric.positions.subnet(subnet_id, groups)
        except StackError as full:
            problem = full
    raise problem
