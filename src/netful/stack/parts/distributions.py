"""CloudFront of a stack: its distributions, and their connections to origins.

Origins on the internet are called from CloudFront's own address there, VPC origins from CloudFront's interfaces in their VPCs.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from typing import Any

from netful.engine.distributions.vpc_origins import VpcOriginEnd
from netful.engine.integrations.web_requests import WebRequest
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.gateway.distributions.distribution_service import DistributionService
from netful.gateway.distributions.origin_calls import OriginCalls
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.model.core.frozen import Frozen
from netful.services.front.routing import LOCAL_DISTRIBUTION_PATH
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.stack.network.attempt import Failed, connect, find_address
from netful.stack.network.networks import Networks
from netful.stack.parts.signers import distribution_signers
from netful.stack.running_cloud import Part


class _Place(Frozen):
    position: Position
    client: WebClient


class Distributions(Part):
    """The distributions of one stack. `service` answers viewers."""

    def __init__(self, cloud: Cloud, networks: Networks, authority: Authority) -> None:
        self._networks = networks
        self._bundle = authority.bundle
        self._places: dict[VpcOriginEnd | None, _Place] = {}
        self._making = asyncio.Lock()
        self.service = DistributionService(cloud, OriginCalls(self._reach, distribution_signers))

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Serve the distributions of another cloud."""
        self.service.follow(cloud)

    async def settle(self) -> None:
        """Leave the places whose network is gone."""
        for end, place in [*self._places.items()]:
            if place.position.cut:
                await self._leave(end)

    async def close(self) -> None:
        """Close all connections."""
        for end in [*self._places]:
            await self._leave(end)

    async def _reach(self, request: WebRequest, end: VpcOriginEnd | None) -> Response:
        try:
            place = await self._place(end)
        except StackError as problem:
            raise UnreachableError(str(problem), timed_out=True) from problem
        return await place.client.send(request)

    async def _place(self, end: VpcOriginEnd | None) -> _Place:
        async with self._making:
            place = self._places.get(end)
            if place is None:
                position = await self._networks.stand(partial(_stand, end))
                trust = ssl.create_default_context(cafile=str(self._bundle))
                place = self._places[end] = _Place(position, WebClient(partial(self._dial, position, end), trust))
            return place

    async def _dial(self, position: Position, end: VpcOriginEnd | None, request: WebRequest) -> socket.socket:
        try:
            address = end.address if end else await find_address(self._networks, position, request.host)
            return await connect(self._networks, position, address, request.port)
        except Failed as fault:
            unresolved, silent = fault.symptom == "dns", fault.symptom == "timeout"
            raise UnreachableError(fault.detail, misconfigured=unresolved, timed_out=silent) from fault

    async def _leave(self, end: VpcOriginEnd | None) -> None:
        place = self._places.pop(end)
        place.client.close()
        await self._networks.release(place.position)


def _stand(end: VpcOriginEnd | None, fabric: Fabric) -> Position:
    return fabric.positions.interface(end.interface.id) if end else fabric.positions.edge()


def distribution_entries(cloud: Cloud, port: int) -> Iterator[dict[str, Any]]:
    """Yield `distributions` of `netful status`; the URL is for clients on the host."""
    for one in cloud.names.distributions.values():
        label = one.domain_name.partition(".")[0]
        yield {
            "resource": one.id,
            "domain_name": one.domain_name,
            "aliases": [alias for alias in one.aliases if isinstance(alias, str)],
            "url": f"http://127.0.0.1:{port}{LOCAL_DISTRIBUTION_PATH}{label}/",
        }
