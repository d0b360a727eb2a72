"""References of security group rules to groups of other VPCs (vpc-network §2.2, newer-aws §3).

| the VPCs are joined by | rules that may refer to groups over there |
|---|---|
| an active peering within a Region | in both directions |
| a transit gateway, if it and both attachments support references | inbound ones, but not those of PrivateLink endpoints |

A group may be associated with further VPCs, so the VPCs are those of the interfaces. AWS refuses an interface with a group of a VPC
that is neither its own nor associated, and Lambda has no associated groups.
"""

from collections.abc import Iterator
from typing import Literal

from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.security_groups import SecurityGroup
from netful.model.network.transit_gateways import AttachmentKind, TransitGateway, TransitGatewayAttachment

Direction = Literal["out", "in"]


def in_reach(cloud: Cloud, interface: NetworkInterface, peer: NetworkInterface, direction: Direction) -> bool:
    """Return whether the rules of an interface may refer to the groups of a peer."""
    here, there = cloud.network.vpc_of_interface(interface), cloud.network.vpc_of_interface(peer)
    if here is None or there is None or here.id == there.id:
        return True
    joined = {here.id, there.id}
    peerings = (p for p in cloud.network.vpc_peering_connections.values() if {p.vpc_id, p.peer_vpc_id} == joined)
    if here.region == there.region and any(peering.active for peering in peerings):
        return True
    if direction == "out" or interface.owner is InterfaceOwner.ENDPOINT:
        return False
    return any(preserved(cloud, near, far) for near, far in _attachments(cloud, here.id, there.id))


def is_admitted(interface: NetworkInterface, group: SecurityGroup, vpc_id: str) -> bool:
    """Return whether an interface in a VPC may have a group, or may if a value is what it needs."""
    if not isinstance(group.vpc_id, str) or group.vpc_id == vpc_id:
        return True
    associated = any(isinstance(one, Unknown) or one == vpc_id for one in group.associated_vpc_ids)
    return associated and interface.owner is not InterfaceOwner.LAMBDA


def preserved(cloud: Cloud, one: TransitGatewayAttachment, other: TransitGatewayAttachment) -> bool:
    """Return whether packets from one attachment to another keep their sender's groups."""
    gateway = cloud.network.transit_gateways.get(str(one.transit_gateway_id))
    supported = gateway is not None and gateway.security_group_referencing
    both = one.transit_gateway_id == other.transit_gateway_id and {one.kind, other.kind} == {AttachmentKind.VPC}
    return supported and both and one.security_group_referencing and other.security_group_referencing


def without_support(
    cloud: Cloud, interface: NetworkInterface, peer: NetworkInterface | None
) -> TransitGateway | TransitGatewayAttachment | None:
    """Return the transit gateway between two interfaces, or its attachment, that does not support references."""
    here = cloud.network.vpc_of_interface(interface)
    there = cloud.network.vpc_of_interface(peer) if peer is not None else None
    for near, far in _attachments(cloud, here.id, there.id) if here and there and here != there else ():
        gateway = cloud.network.transit_gateways.get(str(near.transit_gateway_id))
        for each in (gateway, near, far):
            if each is not None and not each.security_group_referencing:
                return each
    return None


def _attachments(
    cloud: Cloud, vpc_id: str, other_vpc_id: str
) -> Iterator[tuple[TransitGatewayAttachment, TransitGatewayAttachment]]:
    """Yield the attachments of two VPCs to the same transit gateway."""
    every = [a for a in cloud.network.transit_gateway_attachments.values() if a.kind is AttachmentKind.VPC]
    for near in (each for each in every if each.resource_id == vpc_id):
        for far in every:
            if far.resource_id == other_vpc_id and far.transit_gateway_id == near.transit_gateway_id:
                yield near, far
