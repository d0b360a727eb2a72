"""Transit gateways: a route's target, and what they deliver to (vpc-network §7.2).

    from a VPC   the attachment of the sender's VPC; it serves only zones where it has a subnet, whose ACL is asked
    inside       the table that the attachment is associated with chooses the attachment to leave by
    into a VPC   by the attachment's subnet in the sender's zone if there is one: its ACL, its route table, then on
    to a peer    the other gateway does the same by the table of its own side
    to a VPN     the packet is on-premises

References to groups end here: a gateway lets a group's members be told by others only where that was opted into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from netful.engine.flows.flow import Flow
from netful.engine.flows.path import Verdict
from netful.engine.flows.ruling import needs
from netful.engine.routing import transit_gateway_route_tables
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route
from netful.model.network.transit_gateways import AttachmentKind, TransitGatewayAttachment
from netful.model.network.vpc import Subnet

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk
    from netful.engine.routing.transit_gateway_route_tables import TransitEntry

BAD_ATTACHMENT = "BAD_STATE_ATTACHMENT"
ZONE = "TGW_ROUTE_AZ_RESTRICTION"
NO_ASSOCIATION = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
NO_ROUTE = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
BLACKHOLE = "TGW_RTB_BAD_STATE_ROUTE"
LOOP = "TGW_RTB_CANNOT_ROUTE"

_MOST_TRANSITS = 6  # more gateways in a row than that are a loop


def transit_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """The target of a route in a VPC's table."""
    gateway = walk.cloud.network.transit_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "tgw")
        return
    vpc = walk.cloud.network.vpc_of_interface(sender)
    attachment = _attachment(walk.cloud, gateway.id, vpc.id) if vpc else None
    if attachment is None:
        rule = f"{vpc.id if vpc else 'its VPC'} is not attached to it"
        walk.trail.add("tgw", gateway.id, flow, "deny", rule, code=BAD_ATTACHMENT, origin=gateway.origin)
        walk.go_on(sender, flow)
        return
    zone = walk.cloud.network.zone_of_interface(sender)
    subnet = _subnet_in(walk.cloud, attachment, zone)
    if subnet is None and zone and _all_known(walk.cloud, attachment):
        rule = f"{attachment.id} has no subnet in {zone}, where {sender.subnet_id} is"
        walk.trail.add("tgw", gateway.id, flow, "deny", rule, code=ZONE, origin=attachment.origin)
    else:
        if subnet is not None:  # its own subnet's too: towards the gateway an ACL's rules of both directions are asked
            walk.acl(subnet.id, flow, "in")
        elif attachment.subnet_ids:
            walk.trail.assume(f"{attachment.id} has a subnet in the zone of {sender.subnet_id}")
        walk.trail.add("tgw", gateway.id, flow, "allow", f"takes it by {attachment.id}", origin=gateway.origin)
    _pass(walk, sender, flow, attachment, zone)


def enter(walk: Walk, attachment_id: str, flow: Flow) -> None:
    """Bring a packet from on-premises in by the attachment of a VPN."""
    outside = NetworkInterface(f"eni-{attachment_id}", InterfaceOwner.OTHER, attachment_id, Unknown("on-premises"))
    _pass(walk, outside, flow, walk.cloud.network.transit_gateway_attachments[attachment_id], "")


def _pass(walk: Walk, sender: NetworkInterface, flow: Flow, attachment: TransitGatewayAttachment, zone: str) -> None:
    """Take a packet that came by one attachment to another."""
    table = transit_gateway_route_tables.table_of(walk.cloud, attachment)
    walk.transits += 1
    if table is None:
        rule = f"{attachment.id} is associated with no route table"
        walk.trail.add("tgw route", attachment.id, flow, "deny", rule, code=NO_ASSOCIATION, origin=attachment.origin)
        walk.go_on(sender, flow)
        return
    address = flow.destination.address
    found = transit_gateway_route_tables.select(walk.cloud, table, address) if address is not None else None
    entry = found.entry if found else None
    if entry is None:
        doubts = found.doubts if found else walk.addressless(flow)
        missing = tuple(need for doubt in doubts for need in needs(doubt, "") if need)
        rule, code = f"no route to {flow.destination}", "" if doubts else NO_ROUTE
        verdict: Verdict = "unknown" if doubts else "deny"
        walk.trail.add("tgw route", table.id, flow, verdict, rule, code=code, origin=table.origin, missing=missing)
        walk.go_on(sender, flow)
    elif entry.blackhole or walk.transits > _MOST_TRANSITS:
        rule, code = (f"{entry}, a blackhole", BLACKHOLE) if entry.blackhole else (f"{entry}, a loop", LOOP)
        walk.trail.add("tgw route", table.id, flow, "deny", rule, code=code, origin=entry.origin)
        walk.go_on(sender, flow)
    else:
        walk.trail.add("tgw route", table.id, flow, "allow", str(entry), origin=entry.origin)
        _leave_by(walk, sender, flow, entry, zone)


def _leave_by(walk: Walk, sender: NetworkInterface, flow: Flow, entry: TransitEntry, zone: str) -> None:
    attachment = walk.cloud.network.transit_gateway_attachments.get(str(entry.attachment_id))
    deliver = _DELIVERIES.get(attachment.kind) if attachment else None
    if attachment is None or deliver is None:
        missing = needs(entry.attachment_id, f"what is behind {entry.attachment_id}")
        rule = "what is attached there is not known"
        walk.trail.add("tgw", str(entry.attachment_id), flow, "unknown", rule, missing=missing)
        walk.go_on(sender, flow)
        return
    nameless = replace(flow, source=replace(flow.source, identity_lost=True))
    deliver(walk, sender, nameless, attachment, zone)


def _into_vpc(
    walk: Walk, sender: NetworkInterface, flow: Flow, attachment: TransitGatewayAttachment, zone: str
) -> None:
    vpc = walk.cloud.network.vpcs.get(str(attachment.resource_id))
    if vpc is None:
        missing = needs(attachment.resource_id, f"VPC {attachment.resource_id}")
        walk.trail.add("tgw", attachment.id, flow, "unknown", "its VPC was not loaded", missing=missing)
        walk.go_on(sender, flow)
        return
    subnet = _subnet_in(walk.cloud, attachment, zone) or _subnet_in(walk.cloud, attachment, None)
    if subnet is None:
        walk.local(None, flow, vpc)
        return
    walk.cross(_door(attachment, subnet), flow)


def _to_peer(walk: Walk, sender: NetworkInterface, flow: Flow, attachment: TransitGatewayAttachment, zone: str) -> None:
    other = walk.cloud.network.transit_gateway_attachments.get(attachment.peer_attachment_id or "")
    if other is None:
        missing = needs(attachment.resource_id, f"transit gateway {attachment.resource_id}")
        rule = "the gateway on its other side was not loaded"
        walk.trail.add("tgw", attachment.id, flow, "unknown", rule, origin=attachment.origin, missing=missing)
        walk.go_on(sender, flow)
        return
    gateway_id = str(other.transit_gateway_id)
    rule = f"takes it from {attachment.transit_gateway_id}"
    walk.trail.add("tgw", gateway_id, flow, "allow", rule, origin=other.origin)
    _pass(walk, sender, flow, other, zone)


def _on_premises(
    walk: Walk, sender: NetworkInterface, flow: Flow, attachment: TransitGatewayAttachment, _zone: str
) -> None:
    rule = f"on-premises by {attachment.id}"
    walk.trail.add("vpn", str(attachment.resource_id), flow, "allow", rule, origin=attachment.origin)
    walk.leave(sender, flow, gate=attachment.id)


Delivery = Callable[["Walk", NetworkInterface, Flow, TransitGatewayAttachment, str], None]

_DELIVERIES: dict[AttachmentKind, Delivery] = {
    AttachmentKind.VPC: _into_vpc,
    AttachmentKind.PEERING: _to_peer,
    AttachmentKind.VPN: _on_premises,
    AttachmentKind.DIRECT_CONNECT: _on_premises,
}


def _door(attachment: TransitGatewayAttachment, subnet: Subnet) -> NetworkInterface:
    """The gateway's own interface in a subnet."""
    id_ = f"eni-{attachment.id}-{subnet.id}"
    return NetworkInterface(id_, InterfaceOwner.OTHER, attachment.id, subnet.id, origin=attachment.origin)


def _attachment(cloud: Cloud, gateway_id: str, vpc_id: str) -> TransitGatewayAttachment | None:
    attached = cloud.derived("transit attachments", lambda: _by_place(cloud))
    return attached.get((gateway_id, vpc_id))


def _by_place(cloud: Cloud) -> dict[tuple[str, str], TransitGatewayAttachment]:
    attached = cloud.network.transit_gateway_attachments.values()
    return {(str(each.transit_gateway_id), str(each.resource_id)): each for each in attached}


def _subnet_in(cloud: Cloud, attachment: TransitGatewayAttachment, zone: str | None) -> Subnet | None:
    """The subnet of an attachment in a zone, or its first one."""
    subnets = (cloud.network.subnets.get(id_) for id_ in attachment.subnet_ids if isinstance(id_, str))
    return next((subnet for subnet in subnets if subnet and zone in (None, _zone(subnet))), None)


def _zone(subnet: Subnet) -> str:
    """The zone of a subnet; those that are not known count as one."""
    return subnet.availability_zone if isinstance(subnet.availability_zone, str) else ""


def _all_known(cloud: Cloud, attachment: TransitGatewayAttachment) -> bool:
    subnets = [cloud.network.subnets.get(id_) if isinstance(id_, str) else None for id_ in attachment.subnet_ids]
    return bool(subnets) and all(subnet is not None and _zone(subnet) for subnet in subnets)
