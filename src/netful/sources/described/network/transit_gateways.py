"""Described transit gateways and VPN connections.

A peering attachment has the same id on both of its sides; here each side is `ID@REGION`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from netful.model.core import Unknown
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from netful.model.network.vpc import PrefixList
from netful.model.unread import Unread, Weight
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.network.gateways import GONE
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader

_NOT_THERE = (*GONE, "initiating", "initiatingRequest", "pending", "pendingAcceptance", "failing", "rollingBack")
# The answers with the associations of a table, and those with its propagations.
_TELLING = {
    "Association": ("TransitGatewayAttachments", "TransitGatewayAssociations"),
    "Propagation": ("TransitGatewayPropagations",),
}
_KINDS = {
    "vpc": AttachmentKind.VPC,
    "vpn": AttachmentKind.VPN,
    "peering": AttachmentKind.PEERING,
    "tgw-peering": AttachmentKind.PEERING,
    "direct-connect-gateway": AttachmentKind.DIRECT_CONNECT,
    "connect": AttachmentKind.CONNECT,
}


_ATTACHMENTS = ("TransitGatewayAttachments", "TransitGatewayVpcAttachments")
_COMMAND = "aws ec2 describe-transit-gateway-vpc-attachments"
_TABLES = "aws ec2 describe-transit-gateway-route-tables"
_REFERENCES, _DNS = "SecurityGroupReferencingSupport", "DnsSupport"


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the transit gateways, and the VPN connections with their static routes."""
    for item in (one for one in description.of("TransitGateways") if one.text("State") not in GONE):
        options = item.part("Options")
        encrypts = options.text("EncryptionSupport", "EncryptionState") == "enabled"
        properties = {**options.data, "EncryptionSupport": "enable" if encrypts else "disable"}
        owned = replace(item, account=item.text("OwnerId"))
        yield item.text("TransitGatewayId"), "AWS::EC2::TransitGateway", owned, properties
    for item in (one for one in description.of("VpnConnections") if one.text("State") not in GONE):
        id_, ends = item.text("VpnConnectionId"), ("VpnGatewayId", "TransitGatewayId")
        gateway = {name: item.text(name) or None for name in ends}
        static = item.part("Options").flag("StaticRoutesOnly")
        yield id_, "AWS::EC2::VPNConnection", item, {**gateway, "StaticRoutesOnly": static}
        for number, route in enumerate(one for one in item.parts("Routes") if one.text("State") not in GONE):
            block = {"DestinationCidrBlock": route.text("DestinationCidrBlock") or None}
            yield f"{id_}/{number}", "AWS::EC2::VPNConnectionRoute", route, {"VpnConnectionId": id_, **block}


def _stated(item: Item, name: str) -> bool | None:
    """Return whether an option is `enable`; None if it is not there."""
    value = item.text("Options", name)
    return value == "enable" if value else None


def attachments(description: Description) -> dict[str, TransitGatewayAttachment]:
    """Return the attachments of transit gateways."""
    vpcs = {item.text("TransitGatewayAttachmentId"): item for item in description.of("TransitGatewayVpcAttachments")}
    listed = description.of("TransitGatewayAttachments")
    known = {item.text("TransitGatewayAttachmentId") for item in listed}
    found = {}
    for item in (*listed, *(_as_listed(vpc) for id_, vpc in vpcs.items() if id_ not in known)):
        kind = _KINDS.get(item.text("ResourceType"))
        if item.text("State") in _NOT_THERE or kind is None:
            continue
        vpc = vpcs.get(item.text("TransitGatewayAttachmentId"))
        id_ = _attachment_id(item, description.region)
        found[id_] = TransitGatewayAttachment(
            id=id_,
            transit_gateway_id=item.text("TransitGatewayId"),
            kind=kind,
            resource_id=item.text("ResourceId"),
            subnet_ids=vpc.texts("SubnetIds") if vpc else (),
            appliance_mode=vpc is not None and vpc.text("Options", "ApplianceModeSupport") == "enable",
            security_group_referencing=vpc is None or vpc.text("Options", _REFERENCES) != "disable",
            ipv6_support=vpc is None or vpc.text("Options", "Ipv6Support") != "disable",
            dns_support=_stated(vpc, _DNS) if vpc else None,
            origin=item.origin,
        )
    unanswered = not any(map(description.answers, _ATTACHMENTS))
    unlisted = [_attachments_not_described(item) for item in description.of("TransitGateways") if unanswered]
    return found | {one.id: one for one in unlisted}


def _attachments_not_described(gateway: Item) -> TransitGatewayAttachment:
    """Return an attachment that stands for those of a gateway if no answer has any."""
    id_ = gateway.text("TransitGatewayId")
    vpc = Unknown("not described", (f"the associations of {id_} (`{_COMMAND}`)",))
    return TransitGatewayAttachment(f"{id_}/attachments", id_, AttachmentKind.VPC, vpc, origin=gateway.origin)


def _as_listed(item: Item) -> Item:
    """Return a VPC's attachment in the format of the list of all attachments."""
    return replace(item, data={**item.data, "ResourceType": "vpc", "ResourceId": item.text("VpcId")})


def whole(regions: Iterable[Mapping[str, TransitGatewayAttachment]]) -> dict[str, TransitGatewayAttachment]:
    """Return the attachments of all regions and accounts; only the owner of an attached VPC sees its subnets."""
    found: dict[str, TransitGatewayAttachment] = {}
    for region in regions:
        for id_, attachment in region.items():
            if id_ not in found or not found[id_].subnet_ids:
                found[id_] = attachment
    return found


def _attachment_id(item: Item, region: str) -> str:
    """Return the id of an attachment that an item names, with the `ResourceType` beside it."""
    id_ = item.text("TransitGatewayAttachmentId")
    return f"{id_}@{region}" if _KINDS.get(item.text("ResourceType")) is AttachmentKind.PEERING else id_


def with_peers(attached: Mapping[str, TransitGatewayAttachment]) -> dict[str, TransitGatewayAttachment]:
    """Return the attachments, each peering with the name of its other side."""
    sides: dict[str, list[str]] = {}
    for id_, attachment in attached.items():
        if attachment.kind is AttachmentKind.PEERING:
            sides.setdefault(id_.split("@")[0], []).append(id_)
    found = dict(attached)
    for pair in sides.values():
        for one, other in zip(pair, reversed(pair), strict=True):
            if one != other:
                found[one] = replace(found[one], peer_attachment_id=other)
    return found


def route_tables(
    description: Description, prefix_lists: Mapping[str, PrefixList]
) -> dict[str, TransitGatewayRouteTable]:
    """Return their route tables, with associations, propagations and routes.

    Learned routes are listed if the description has the whole table; then nothing more is learned. Without these
    answers, every attachment has what the gateway's options give it by default, and what else a table has is unknown.
    """
    gateways = {item.text("TransitGatewayId"): item for item in description.of("TransitGateways")}
    associations, propagations = _associations(description), _propagations(description)
    routes = _listed_routes(description, prefix_lists)
    found = {}
    for item in description.of("TransitGatewayRouteTables"):
        id_, gateway = item.text("TransitGatewayRouteTableId"), gateways.get(item.text("TransitGatewayId"))
        if item.text("State") in GONE:
            continue
        own, learned = routes.get(id_, ([], False))
        usual = _attached_by_default(description, gateway, id_, "Propagation")
        found[id_] = TransitGatewayRouteTable(
            id=id_,
            transit_gateway_id=item.text("TransitGatewayId"),
            routes=tuple(own) if id_ in routes else (_not_described(item),),
            associations=tuple(
                associations.get(id_, _attached_by_default(description, gateway, id_, "Association"))
                or _associations_not_described(description, item)
            ),
            propagations=() if learned else tuple(propagations.get(id_, usual)),
            origin=item.origin,
        )
    return found | {one.id: one for one in _tables_not_described(description, gateways)}


def _tables_not_described(description: Description, gateways: Mapping[str, Item]) -> Iterator[TransitGatewayRouteTable]:
    """Yield a table that stands for those of a gateway that no answer has: only its owner sees them."""
    described = {item.text("TransitGatewayId") for item in description.of("TransitGatewayRouteTables")}
    answered = description.answers("TransitGatewayRouteTables")
    for id_, item in gateways.items():
        if id_ not in described and not (answered and item.text("OwnerId") == description.account):
            unknown = Unknown("not described", (f"the associations of {id_} (`{_TABLES}`)",))
            yield TransitGatewayRouteTable(f"{id_}/tables", id_, associations=(unknown,), origin=item.origin)


def _not_described(table: Item) -> TransitGatewayRoute:
    """Return a route that stands for those of a table whose routes were not described."""
    id_ = table.text("TransitGatewayRouteTableId")
    command = f"aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id {id_}"
    block = Unknown(f"the routes of {id_} were not described", (f"the routes of {id_} (`{command} …`)",))
    return TransitGatewayRoute(f"{id_}.routes", block, None, blackhole=False, origin=table.origin)


def _associations_not_described(description: Description, table: Item) -> tuple[Unknown, ...]:
    """Return the unknown attachments of a table, if no answer lists those of any table."""
    if any(map(description.answers, _TELLING["Association"])):
        return ()
    id_ = table.text("TransitGatewayRouteTableId")
    command = f"aws ec2 get-transit-gateway-route-table-associations --transit-gateway-route-table-id {id_}"
    return (Unknown(f"the associations of {id_} were not described", (f"the associations of {id_} (`{command}`)",)),)


def _associations(description: Description) -> dict[str, list[str]]:
    """Return the attachments of each table, from their own descriptions or from the table's list."""
    found: dict[str, list[str]] = {}
    for item in description.of("TransitGatewayAttachments"):
        if item.text("State") not in GONE and item.text("Association", "State") == "associated":
            table_id = item.text("Association", "TransitGatewayRouteTableId")
            found.setdefault(table_id, []).append(_attachment_id(item, description.region))
    for group in description.of("TransitGatewayAssociations"):
        for part in group.parts("Associations"):
            own = found.setdefault(group.text("TransitGatewayRouteTableId"), [])
            id_ = _attachment_id(part, description.region)
            if part.text("State") == "associated" and id_ not in own:
                own.append(id_)
    return found


def _propagations(description: Description) -> dict[str, list[str]]:
    return {
        item.text("TransitGatewayRouteTableId"): [
            _attachment_id(part, description.region)
            for part in item.parts("TransitGatewayRouteTablePropagations")
            if part.text("State") == "enabled"
        ]
        for item in description.of("TransitGatewayPropagations")
    }


def _attached_by_default(description: Description, gateway: Item | None, table_id: str, what: str) -> tuple[str, ...]:
    """Return the attachments that a gateway's options give to a table, if no answer lists them."""
    options = gateway.part("Options") if gateway else None
    asked = any(map(description.answers, _TELLING[what]))
    if gateway is None or options is None or asked or options.text(f"{what}DefaultRouteTableId") != table_id:
        return ()
    if options.text(f"DefaultRouteTable{what}") != "enable":
        return ()
    return tuple(
        item.text("TransitGatewayAttachmentId")
        for item in description.of("TransitGatewayVpcAttachments")
        if item.text("TransitGatewayId") == gateway.text("TransitGatewayId") and item.text("State") not in _NOT_THERE
    )


def _listed_routes(
    description: Description, prefix_lists: Mapping[str, PrefixList]
) -> dict[str, tuple[list[TransitGatewayRoute], bool]]:
    """Return the routes of each table, and whether they include the learned ones.

    Of two routes for one block a static one comes first, then one by a prefix list.
    """
    found: dict[str, tuple[list[TransitGatewayRoute], bool]] = {}
    for group in description.of("TransitGatewayStaticRoutes"):
        table_id = group.text("TransitGatewayRouteTableId")
        before, learned = found.get(table_id, ([], False))
        parts = [part for part in group.parts("Routes") if part.text("State") not in GONE]
        static = [part for part in parts if part.text("Type") != "propagated"]
        others = [part for part in parts if part.text("Type") == "propagated"]
        listed = list(_routes(table_id, [*static, *others], description.region))
        found[table_id] = (_first_of_each_block([*before, *listed]), learned or bool(others))
    for item in description.of("TransitGatewayPrefixListReferences"):
        table_id = item.text("TransitGatewayRouteTableId")
        before, learned = found.get(table_id, ([], False))
        by_list = _by_prefix_list(table_id, item, prefix_lists, description.region)
        found[table_id] = (_first_of_each_block([*before, *by_list]), learned)
    return found


def _first_of_each_block(routes: list[TransitGatewayRoute]) -> list[TransitGatewayRoute]:
    first: dict[object, TransitGatewayRoute] = {}
    for route in routes:
        first.setdefault(route.destination_cidr_block, route)
    return list(first.values())


def _by_prefix_list(
    table_id: str, item: Item, prefix_lists: Mapping[str, PrefixList], region: str
) -> Iterable[TransitGatewayRoute]:
    """Return a route for each block of a prefix list that a table refers to."""
    id_, target = item.text("PrefixListId"), item.part("TransitGatewayAttachment")
    attachment = _attachment_id(target, region) if target.data else None
    blackhole = item.flag("Blackhole") or attachment is None
    listed = prefix_lists.get(id_)
    blocks = listed.cidr_blocks if listed else (Unknown("not loaded", (f"prefix list {id_}",)),)
    for block in blocks:
        yield TransitGatewayRoute(f"{table_id}.{id_}", block, attachment, blackhole, origin=item.origin)


def _routes(table_id: str, items: Iterable[Item], region: str) -> Iterable[TransitGatewayRoute]:
    for item in items:
        block = item.network("DestinationCidrBlock")
        if block is None:
            fail(f"a route of `{table_id}` has no `DestinationCidrBlock`", item.origin)
        attachment = next((_attachment_id(part, region) for part in item.parts("TransitGatewayAttachments")), None)
        blackhole = item.text("State") == "blackhole" or attachment is None
        yield TransitGatewayRoute(f"{table_id}.{block}", block, attachment, blackhole, origin=item.origin)


def vpns_down(description: Description) -> Iterator[Unread]:
    """Yield the connections without a tunnel that is up; a gateway of such connections alone may lead nowhere."""
    attachments = description.of("TransitGatewayAttachments")
    of_gateway: dict[str, list[Item]] = {}
    for item in description.of("VpnConnections"):
        if item.text("State") not in GONE:
            of_gateway.setdefault(item.text("VpnGatewayId"), []).append(item)
    for gateway, connections in of_gateway.items():
        for item in filter(_is_down, connections):
            id_ = item.text("VpnConnectionId")
            leading = (one.text("TransitGatewayAttachmentId") for one in attachments if one.text("ResourceId") == id_)
            touched = (id_, *leading, *((gateway,) if gateway and all(map(_is_down, connections)) else ()))
            yield Unread(id_, "VgwTelemetry.Status: DOWN", Weight.BLOCKS, touched, origin=item.origin)


def _is_down(connection: Item) -> bool:
    tunnels = [tunnel.text("Status") for tunnel in connection.parts("VgwTelemetry")]
    return bool(tunnels) and all(status == "DOWN" for status in tunnels)


READERS = (
    PartReader("transit_gateway_attachments", attachments),
    PartReader("transit_gateway_route_tables", route_tables, needs=("prefix_lists",)),
)
