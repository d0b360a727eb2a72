"""Public names of interfaces, which give private addresses inside the interface's VPC and in VPCs that are connected to it.

A peering has an option for it on the side of the interface's VPC (vpc-network §6.3). A transit gateway and its attachments of VPCs
have `DnsSupport`; AWS enables it where it is left out (newer-aws §3.1), which netful names as an assumption.
"""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import Vpc

_DEFAULT = "`DnsSupport` of {} is enabled, which is AWS's default"


def privately(cloud: Cloud, vpc: Vpc, eni: NetworkInterface) -> tuple[str, ...] | None:
    """Return what is assumed where a public name gives an interface's private address in a VPC; None if it gives the public one."""
    there = cloud.network.vpc_of_interface(eni)
    if there is None or there == vpc:
        return None if there is None else ()
    if _by_peering(cloud, vpc, there):
        return ()
    return next(_by_transit_gateways(cloud, vpc, there), None)


def _by_peering(cloud: Cloud, vpc: Vpc, there: Vpc) -> bool:
    for peering in cloud.network.vpc_peering_connections.values():
        sides = {peering.vpc_id: peering.vpc_dns_resolution, peering.peer_vpc_id: peering.peer_vpc_dns_resolution}
        if peering.active and sides.keys() == {vpc.id, there.id}:
            return sides[there.id]
    return False


def _by_transit_gateways(cloud: Cloud, vpc: Vpc, there: Vpc) -> Iterator[tuple[str, ...]]:
    """Yield for each transit gateway between two VPCs that supports it which of its options are left out."""
    attachments = [one for one in cloud.network.transit_gateway_attachments.values() if one.kind is AttachmentKind.VPC]
    own = [one for one in attachments if one.resource_id == vpc.id]
    for one, other in ((a, b) for a in own for b in attachments if b.resource_id == there.id):
        if one.transit_gateway_id != other.transit_gateway_id or not isinstance(one.transit_gateway_id, str):
            continue
        gateway = known_in(cloud.network.transit_gateways, one.transit_gateway_id)
        options = {one.transit_gateway_id: gateway.dns_support if gateway else None}
        options |= {one.id: one.dns_support, other.id: other.dns_support}
        if False not in options.values():
            yield tuple(_DEFAULT.format(f"`{id_}`") for id_, option in options.items() if option is None)
