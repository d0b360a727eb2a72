"""On-premises: the network behind VPN connections and Direct Connect (vpc-network §7.2, §7.3).

Its addresses are the blocks in the sources: the routes of VPN connections, routes to a virtual private gateway, and transit
gateway routes to a VPN. Without any, its addresses are not known.

Its packets for public addresses go by its own way to the internet, where their source is another address (`departure`).
Its packets for private addresses enter a VPC by the VPC's virtual private gateway, which leads to that VPC alone, or else by a transit gateway
that has a VPN.
"""

from collections.abc import Iterator

from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import allowed, denied, unknown
from netful.engine.flows.flow import contains
from netful.engine.flows.kinds import HopKind
from netful.engine.network import edge_associations, encryption_control
from netful.engine.network.packet import Packet, vpc_id_of
from netful.engine.network.route_targets import transit_gateways, vpn_gateways
from netful.engine.network.steps import Arrive, Deliver, Leave, Lost, Step
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.network.encryption_control import Exclusion
from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import TargetKind
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import IPNetwork, Vpc

_OUTSIDE_KINDS = (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT)


def blocks(cloud: Cloud) -> tuple[IPNetwork, ...]:
    """Return the on-premises blocks that the sources name; default routes name none."""
    named = (block for block in _named(cloud) if not isinstance(block, Unknown) and block.prefixlen)
    return tuple(dict.fromkeys(named))


def _named(cloud: Cloud) -> Iterator[Maybe[IPNetwork]]:
    for connection in cloud.network.vpn_connections.values():
        yield from connection.routes
    for table in cloud.network.route_tables.values():
        for route in table.routes:
            if route.target_kind is TargetKind.VPN_GATEWAY and route.destination_cidr_block is not None:
                yield route.destination_cidr_block
    for transit_table in cloud.network.transit_gateway_route_tables.values():
        for transit_route in transit_table.routes:
            if str(transit_route.attachment_id) in _attachments(cloud):
                yield transit_route.destination_cidr_block


def _attachments(cloud: Cloud) -> list[str]:
    return [each.id for each in cloud.network.transit_gateway_attachments.values() if each.kind in _OUTSIDE_KINDS]


def is_there(cloud: Cloud, address: IPNetwork) -> bool:
    """Return whether an address is on-premises."""
    return any(contains(block, address) for block in blocks(cloud))


def is_connected(cloud: Cloud) -> bool:
    """Return whether anything leads on-premises: a VPN, a virtual private gateway, or Direct Connect at a transit gateway."""
    return bool(cloud.network.vpn_connections or cloud.network.vpn_gateways or _attachments(cloud))


def may_be_there(cloud: Cloud, address: IPNetwork) -> bool:
    """Return whether a private address that no VPC has may be on-premises, although no source names its block."""
    return is_connected(cloud) and not is_public(address) and _vpc_at(cloud, address) is None


def set_out(cloud: Cloud, packet: Packet) -> Step:
    """Send a packet from on-premises into the VPC of its destination."""
    flow, target = packet.flow, packet.flow.destination.interface
    vpc_id = vpc_id_of(cloud, target) if target is not None else None
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id else _vpc_at(cloud, flow.destination.address)
    if target is not None and vpc is None:
        rule, missing = "whether its VPC has a VPN is not known", (f"the VPC of {target.owner_id}",)
        found = unknown(HopKind.VPN, flow, "on-premises", rule, missing)
        return Arrive(packet, target, crossing=True, found=(found,))
    if vpc is None:
        return _to_elsewhere(cloud, packet)
    gateway = _gateway(cloud, vpc.id)
    attachments = _attachments(cloud)
    if gateway is not None:
        came = vpn_gateways.unconnected(cloud, flow, gateway) or allowed(
            HopKind.VPN, flow, gateway, f"from on-premises to {vpc.id}"
        )
        inside: Step = Deliver(packet, vpc)
        if target is not None:
            inside = edge_associations.by_table_of(cloud, gateway.id, packet, target, otherwise=inside)
        closed = encryption_control.at_gateway(cloud, packet, vpc, gateway.id, Exclusion.VPN_GATEWAY)
        return inside.after(came, *closed)
    if attachments:
        return transit_gateways.enter(cloud, packet, attachments[0])
    rule = f"{vpc.id} has no virtual private gateway, and no transit gateway has a VPN"
    refused = denied(HopKind.VPN, flow, vpc, rule, Code.NETFUL_NOT_CONNECTED_ON_PREMISES)
    if target is None:
        return Deliver(packet, vpc, found=(refused,))
    return Arrive(packet, target, crossing=True, found=(refused,))


def _vpc_at(cloud: Cloud, address: IPNetwork | None) -> Vpc | None:
    """Return the VPC that has a private address in its blocks."""
    if address is None or is_public(address):
        return None
    vpcs = cloud.network.vpcs.values()
    blocks = ((vpc, block) for vpc in vpcs for block in vpc.cidr_blocks if not isinstance(block, Unknown))
    return next((vpc for vpc, block in blocks if contains(block, address)), None)


def _to_elsewhere(cloud: Cloud, packet: Packet) -> Step:
    """Send a packet to an address that no VPC has: by a transit gateway, or to where only the sources could tell."""
    address, attachments = packet.flow.destination.address, _attachments(cloud)
    if address is None or is_there(cloud, address):
        return Leave(packet)
    if attachments:
        return transit_gateways.enter(cloud, packet, attachments[0])
    rule, missing = "no VPC has this address, and no known block on-premises", (f"what has {address}",)
    return Lost(packet, found=(unknown(HopKind.VPN, packet.flow, "on-premises", rule, missing),))


def _gateway(cloud: Cloud, vpc_id: str) -> VpnGateway | None:
    return next((gateway for gateway in cloud.network.vpn_gateways.values() if gateway.vpc_id == vpc_id), None)
