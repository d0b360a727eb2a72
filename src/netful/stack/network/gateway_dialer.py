"""Connections of API Gateway to web servers: from its own place on the internet, or through VPC links.

| destination of the request | source |
|---|---|
| a URL | a client's place on the emulated internet |
| a link of the second version | an interface of the link in its first subnet that has room, with the link's groups |
| a link of the first version | the load balancer's own node: PrivateLink ends there, and no filter is between |

A place is made at the first request that needs it, and kept for as long as the link exists.
"""

import socket

from netful.engine.integrations.vpc_links import LinkEnd
from netful.engine.integrations.web_requests import WebRequest
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.model.apis.domain import VpcLink
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.stack.network.networks import Networks
from netful.stack.network.web_places import WebPlaces


class GatewayDialer:
    """Dialer of the gateway's web client. The key of a place is a link of the second version, or an end of one of the first."""

    def __init__(self, networks: Networks) -> None:
        self._places = WebPlaces[VpcLink | LinkEnd | None](networks, _stand)

    async def dial(self, request: WebRequest) -> socket.socket:
        """Return a socket that is connected to the destination of a request. Raises UnreachableError."""
        end = request.link
        place = end.link if end is not None and end.link.version > 1 else end
        return await self._places.dial(place, end.address if end else None, request)

    async def settle(self, cloud: Cloud) -> None:
        """Release the places of links that have changed, or whose network is gone."""
        links = {*cloud.apis.vpc_links.values()}
        await self._places.settle(lambda place: place is None or place in links)


def _stand(place: VpcLink | LinkEnd | None, fabric: Fabric) -> Position:
    if place is None:
        return fabric.positions.internet()
    if isinstance(place, VpcLink):
        return _in_subnet(place, fabric)
    if place.node is None:
        raise StackError(f"`{place.link.id}` leads to no load balancer")
    return fabric.positions.interface(place.node.id)


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
