"""Transit gateways: targets of routes, and their deliveries (vpc-network §7.2).

    from a VPC   the attachment of the sender's VPC; it serves only zones where it has a subnet, whose ACL applies
    inside       the table that the attachment is associated with chooses the attachment to leave by
    into a VPC   by the attachment's subnet in the sender's zone, else another one: its ACL, its route table, then on;
                 in appliance mode by one subnet for all packets of the flow and its answers, whichever AWS picks
    to a peer    the other gateway does the same by the table of its own side
    to a VPN     the packet is on-premises

References to groups end here, unless the gateway and both attachments support them (`filters.group_references`).
"""

from collections.abc import Callable, Iterator

from netful.engine.filters import group_references
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.network import encryption_control, route_doubts
from netful.engine.network.packet import OUTSIDE, Packet
from netful.engine.network.steps import Cross, Deliver, Fork, Leave, Lost, Step
from netful.engine.network.subnets import acl
from netful.engine.routing import transit_gateway_route_tables
from netful.engine.routing.transit_gateway_route_tables import TransitEntry
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route
from netful.model.network.transit_gateways import AttachmentKind, TransitGateway, TransitGatewayAttachment
from netful.model.network.vpc import IPNetwork, Subnet

_MOST_TRANSITS = 6  # more gateways in a row are a loop


def transit_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Take a packet from a VPC that is attached to the gateway."""
    gateway = cloud.network.transit_gateways.get(str(route.target_id))
    if gateway is None:
        return None
    vpc = cloud.network.vpc_of_interface(packet.sender)
    if vpc is None:
        regional = packet.sender.owner_id in cloud.network.nat_gateways
        what = "the zone by which {} sends to it" if regional else "the subnet of {}"
        rule, place = "by which attachment it comes is not known", (what.format(packet.sender.owner_id),)
        return Lost(packet, found=(unknown(HopKind.TGW, packet.flow, gateway.id, rule, place, gateway.origin),))
    attachment = attachment_of(cloud, gateway.id, vpc.id)
    if attachment is None and (missing := _possible(cloud, gateway.id, vpc.id)):
        rule = f"whether {vpc.id} is attached to it is not known"
        return Lost(packet, found=(unknown(HopKind.TGW, packet.flow, gateway.id, rule, missing, gateway.origin),))
    if attachment is None:
        rule, remedy = f"{vpc.id} is not attached to it", f"attach `{vpc.id}` to `{gateway.id}`"
        return Lost(packet, found=(denied(HopKind.TGW, packet.flow, gateway, rule, Code.BAD_STATE_ATTACHMENT, remedy),))
    zone = cloud.network.zone_of_interface(packet.sender)
    return through(cloud, packet, attachment, zone).after(*_admission(cloud, packet, gateway, attachment, zone))


def _admission(
    cloud: Cloud, packet: Packet, gateway: TransitGateway, attachment: TransitGatewayAttachment, zone: str
) -> Iterator[Found]:
    flow, sender = packet.flow, packet.sender
    subnet = next((one for one in _subnets_of(cloud, attachment) if one.zone == zone), None)
    if subnet is None and zone and _all_known(cloud, attachment):
        rule = f"{attachment.id} has no subnet in {zone}, where {sender.subnet_id} is"
        refusal = Ruling("deny", gateway.id, rule, Code.TGW_ROUTE_AZ_RESTRICTION, attachment.origin)
        yield Finding(HopKind.TGW, flow, refusal)
        return
    if subnet is not None:  # also in its own subnet: towards the gateway, an ACL's rules of both directions apply
        yield acl(cloud, packet, subnet.id, "in")
    elif attachment.subnet_ids:
        yield Assumption(f"{attachment.id} has a subnet in the zone of {sender.subnet_id}")
    yield allowed(HopKind.TGW, flow, gateway, f"takes it by {attachment.id}")


def enter(cloud: Cloud, packet: Packet, attachment_id: str) -> Step:
    """Bring in a packet from on-premises, by the attachment of a VPN."""
    outside = NetworkInterface(f"eni-{attachment_id}", InterfaceOwner.OTHER, attachment_id, Unknown("on-premises"))
    return through(cloud, packet.sent_by(outside), cloud.network.transit_gateway_attachments[attachment_id], "")


def through(cloud: Cloud, packet: Packet, attachment: TransitGatewayAttachment, zone: str) -> Step:
    """Take a packet from the attachment that it came by to the next one."""
    table = transit_gateway_route_tables.table_of(cloud, attachment)
    packet = packet.after(transits=packet.journey.transits + 1)
    flow, address = packet.flow, packet.flow.destination.address
    if table is None and (unsure := transit_gateway_route_tables.unknown_associations(cloud, attachment)):
        rule, missing = f"the route table of {attachment.id} is not known", route_doubts.missing_of(unsure)
        return Lost(packet, found=(unknown(HopKind.TGW_ROUTE, flow, attachment.id, rule, missing, attachment.origin),))
    if table is None:
        rule, code = f"{attachment.id} is associated with no route table", Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
        return Lost(packet, found=(denied(HopKind.TGW_ROUTE, flow, attachment, rule, code),))
    found = transit_gateway_route_tables.select(cloud, table, address) if address is not None else None
    entry, doubts = (found.entry, found.doubts) if found else (None, packet.addressless(cloud))
    if entry is None or route_doubts.decide(doubts, entry.block, address):
        rule, missing = f"no route to {flow.destination}", route_doubts.missing_of(doubts)
        if not doubts:
            code = Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
            return Lost(packet, found=(denied(HopKind.TGW_ROUTE, flow, table, rule, code),))
        return Lost(packet, found=(unknown(HopKind.TGW_ROUTE, flow, table.id, rule, missing, table.origin),))
    if entry.blackhole or packet.journey.transits > _MOST_TRANSITS:
        why, code = (
            ("a blackhole", Code.TGW_RTB_BAD_STATE_ROUTE) if entry.blackhole else ("a loop", Code.TGW_RTB_CANNOT_ROUTE)
        )
        ruling = Ruling("deny", table.id, f"{entry}, {why}", code, entry.origin, decided_by=entry)
        return Lost(packet, found=(Finding(HopKind.TGW_ROUTE, flow, ruling),))
    ruling = Ruling("allow", table.id, str(entry), origin=entry.origin, decided_by=entry)
    chosen: tuple[Found, ...] = (
        *route_doubts.assumed(table.id, doubts, flow),
        *_learned_first(table.id, entry, found.rivals if found else ()),
        Finding(HopKind.TGW_ROUTE, flow, ruling),
    )
    return _leave_by(cloud, packet, attachment, entry, zone).after(*chosen)


def _learned_first(table_id: str, entry: TransitEntry, rivals: tuple[str, ...]) -> Iterator[Assumption]:
    if rivals:
        text = f"{table_id} learned the block of {entry.attachment_id} before that of {' or '.join(rivals)}, which overlaps it"
        yield Assumption(text)


def _leave_by(
    cloud: Cloud, packet: Packet, entered_by: TransitGatewayAttachment, entry: TransitEntry, zone: str
) -> Step:
    attachment = cloud.network.transit_gateway_attachments.get(str(entry.attachment_id))
    deliver = _DELIVERIES.get(attachment.kind) if attachment else None
    if attachment is None or deliver is None:
        missing = needs(entry.attachment_id, f"what is behind {entry.attachment_id}")
        rule = "what is attached there is not known"
        return Lost(packet, found=(unknown(HopKind.TGW, packet.flow, str(entry.attachment_id), rule, missing),))
    named = group_references.preserved(cloud, entered_by, attachment)
    return deliver(cloud, packet if named else packet.nameless(), attachment, zone)


def into_vpc(cloud: Cloud, packet: Packet, attachment: TransitGatewayAttachment, zone: str) -> Step:
    """Bring a packet into the VPC of an attachment, by its subnet in the sender's zone."""
    vpc = cloud.network.vpcs.get(str(attachment.resource_id))
    if vpc is None and packet.is_back_at(attachment.id):
        return Leave(packet)
    if vpc is None:
        missing = needs(attachment.resource_id, f"VPC {attachment.resource_id}")
        rule = "its VPC was not loaded"
        return Lost(packet, found=(unknown(HopKind.TGW, packet.flow, attachment.id, rule, missing),))
    refused = encryption_control.at_transit_gateway(cloud, packet, vpc, str(attachment.transit_gateway_id))
    subnets = _entries(cloud, packet, attachment, zone)
    ways = tuple(Cross(_by(packet, attachment, subnet), found=refused) for subnet in subnets)
    if not ways:
        return Deliver(packet.sent_by(OUTSIDE), vpc, found=refused)
    if len(ways) == 1:
        return ways[0]
    rule, missing = "appliance mode picks a zone for the flow", (f"the zone that {attachment.id} has for the flow",)
    return Fork(packet, ways, doubt=unknown(HopKind.TGW, packet.flow, attachment.id, rule, missing, attachment.origin))


def _entries(cloud: Cloud, packet: Packet, attachment: TransitGatewayAttachment, zone: str) -> list[Subnet]:
    """Return the subnets by which a packet may come in.

    In appliance mode, the one of its flow, which any may be before its first packet; else the one in the sender's zone.
    """
    attached = _subnets_of(cloud, attachment)
    if attachment.appliance_mode:
        return [one for one in attached if (attachment.id, one.id) in packet.journey.pinned] or attached
    return [*(one for one in attached if one.zone == zone), *attached][:1]


def _by(packet: Packet, attachment: TransitGatewayAttachment, subnet: Subnet) -> Packet:
    """Return a packet as an attachment's subnet passes it on; appliance mode keeps the subnet for the flow."""
    inside, place = packet.sent_by(_door(attachment, subnet)), (attachment.id, subnet.id)
    return inside.after(pinned=(*packet.journey.pinned, place)) if attachment.appliance_mode else inside


def _to_peer(cloud: Cloud, packet: Packet, attachment: TransitGatewayAttachment, zone: str) -> Step:
    other = cloud.network.transit_gateway_attachments.get(attachment.peer_attachment_id or "")
    if other is None and packet.is_back_at(attachment.id):
        return Leave(packet)
    if other is None:
        missing = needs(attachment.resource_id, f"transit gateway {attachment.resource_id}")
        rule = "the gateway on its other side was not loaded"
        lost = unknown(HopKind.TGW, packet.flow, attachment.id, rule, missing, attachment.origin)
        return Lost(packet, found=(lost,))
    rule = f"takes it from {attachment.transit_gateway_id}"
    ruling = Ruling("allow", str(other.transit_gateway_id), rule, origin=other.origin)
    return through(cloud, packet, other, zone).after(Finding(HopKind.TGW, packet.flow, ruling))


def _on_premises(_cloud: Cloud, packet: Packet, attachment: TransitGatewayAttachment, _zone: str) -> Step:
    rule = f"on-premises by {attachment.id}"
    ruling = Ruling("allow", str(attachment.resource_id), rule, origin=attachment.origin)
    return Leave(packet, attachment.id, found=(Finding(HopKind.VPN, packet.flow, ruling),))


Delivery = Callable[[Cloud, Packet, TransitGatewayAttachment, str], Step]

_DELIVERIES: dict[AttachmentKind, Delivery] = {
    AttachmentKind.VPC: into_vpc,
    AttachmentKind.PEERING: _to_peer,
    AttachmentKind.VPN: _on_premises,
    AttachmentKind.DIRECT_CONNECT: _on_premises,
}


def is_unloaded(cloud: Cloud, attachment: TransitGatewayAttachment) -> bool:
    """Return whether the VPC or the other gateway behind an attachment was not loaded."""
    if attachment.kind is AttachmentKind.PEERING:
        return (attachment.peer_attachment_id or "") not in cloud.network.transit_gateway_attachments
    return attachment.kind is AttachmentKind.VPC and str(attachment.resource_id) not in cloud.network.vpcs


def loses(cloud: Cloud, vpc_id: str, gateway_id: str, address: IPNetwork) -> bool:
    """Return whether a gateway has no route to an address, or a blackhole, for what comes from a VPC that is attached to it."""
    attachment = attachment_of(cloud, gateway_id, vpc_id)
    table = transit_gateway_route_tables.table_of(cloud, attachment) if attachment else None
    if table is None:
        return False
    found = transit_gateway_route_tables.select(cloud, table, address)
    return found.entry.blackhole if found.entry else not found.doubts


def _door(attachment: TransitGatewayAttachment, subnet: Subnet) -> NetworkInterface:
    id_ = f"eni-{attachment.id}-{subnet.id}"
    return NetworkInterface(id_, InterfaceOwner.OTHER, attachment.id, subnet.id, origin=attachment.origin)


def attachment_of(cloud: Cloud, gateway_id: str, vpc_id: str) -> TransitGatewayAttachment | None:
    """Return the attachment of a VPC to a gateway."""
    attached = cloud.derived("transit attachments", lambda: _by_place(cloud))
    return attached.get((gateway_id, vpc_id))


def _possible(cloud: Cloud, gateway_id: str, vpc_id: str) -> tuple[str, ...]:
    """Return what is missing of the attachments that may be those of a VPC to a gateway; nothing if there are none."""
    found: list[str] = []
    for one in cloud.network.transit_gateway_attachments.values():
        ends = ((one.transit_gateway_id, gateway_id), (one.resource_id, vpc_id))
        if one.kind is AttachmentKind.VPC and all(isinstance(end, Unknown) or end == wanted for end, wanted in ends):
            found += (missing for end, wanted in ends if isinstance(end, Unknown) for missing in needs(end, wanted))
    return tuple(dict.fromkeys(found))


def _by_place(cloud: Cloud) -> dict[tuple[str, str], TransitGatewayAttachment]:
    attached = cloud.network.transit_gateway_attachments.values()
    return {(str(each.transit_gateway_id), str(each.resource_id)): each for each in attached}


def _subnets_of(cloud: Cloud, attachment: TransitGatewayAttachment) -> list[Subnet]:
    found = (cloud.network.subnets.get(id_) for id_ in attachment.subnet_ids if isinstance(id_, str))
    return [subnet for subnet in found if subnet is not None]


def _all_known(cloud: Cloud, attachment: TransitGatewayAttachment) -> bool:
    subnets = [cloud.network.subnets.get(id_) if isinstance(id_, str) else None for id_ in attachment.subnet_ids]
    return bool(subnets) and all(subnet is not None and subnet.zone for subnet in subnets)
