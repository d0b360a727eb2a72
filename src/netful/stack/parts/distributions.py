"""CloudFront of a stack: its distributions, and their connections to origins.

Origins on the internet are called from CloudFront's own address there, VPC origins from CloudFront's interfaces in their VPCs.
"""

from collections.abc import Iterator
from typing import Any

from netful.engine.distributions.vpc_origins import VpcOriginEnd
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.gateway.distributions.distribution_service import DistributionService
from netful.gateway.distributions.origin_calls import OriginCalls
from netful.model.cloud import Cloud
from netful.services.front.routing import LOCAL_DISTRIBUTION_PATH
from netful.services.tls.authority import Authority
from netful.stack.network.networks import Networks
from netful.stack.network.web_places import WebClients
from netful.stack.parts.signers import distribution_signers
from netful.stack.running_cloud import Part


class Distributions(Part):
    """The distributions of one stack. `service` answers viewers."""

    def __init__(self, cloud: Cloud, networks: Networks, authority: Authority) -> None:
        clients = self._clients = WebClients[VpcOriginEnd | None](
            networks, _stand, authority.bundle, lambda end: end.address if end else None
        )
        self.service = DistributionService(
            cloud, OriginCalls(lambda request, end: clients.send(end, request), distribution_signers)
        )

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Serve the distributions of another cloud."""
        self.service.follow(cloud)

    async def settle(self) -> None:
        """Leave the places whose network is gone."""
        await self._clients.settle()

    async def close(self) -> None:
        """Close all connections."""
        await self._clients.close()


def _stand(end: VpcOriginEnd | None, fabric: Fabric) -> Position:
    return fabric.positions.interface(end.interface.id) if end else fabric.positions.edge()


def not_applied(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each distribution with functions or response headers policies, which change nothing here."""
    for one in cloud.names.distributions.values():
        if any(behavior.runs for behavior in one.behaviors):
            yield f"{one.origin}: the functions of `{one.id}` do not run: requests pass unchanged"
        if any(behavior.sets_headers for behavior in one.behaviors):
            yield f"{one.origin}: the response headers policies of `{one.id}` are not applied: responses pass unchanged"


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
