"""Transit gateways and VPN connections (spec: vpc-network §7.2, §7.3)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpnConnection,
)
from netful.sources.parts import PartReader, of_each
from netful.sources.readers.gateways import DIRECT_CONNECT
from netful.sources.template.reading import Inventory, Reader

_VPC_ATTACHMENTS = ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")

_ASSOCIATION = "AWS::EC2::TransitGatewayRouteTableAssociation"
_ATTACHMENT, _TABLE = "TransitGatewayAttachmentId", "TransitGatewayRouteTableId"
_REFERENCES, _DNS = "SecurityGroupReferencingSupport", "DnsSupport"

_OF_AWS = "tgw-rtb-"
_DEFAULTS = {
    "associations": ("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
    "propagations": ("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
}
"""The members of a default table, each with the options that turn it on and that state its id; both are on if left out."""

UNASSOCIATED, UNPROPAGATED = "Netful::UnassociatedAttachment", "Netful::UnpropagatedAttachment"
"""Markers of an attachment that a call of the EC2 API took out of its gateway's default table."""

ACCEPTED = "Netful::AcceptedPeeringAttachment"
"""The other side of a peering, which accepts it. In AWS, both sides have one id."""


def _transit_gateway(reader: Reader) -> TransitGateway:
    return TransitGateway(
        reader.id,
        reader.account_id,
        reader.region,
        _enabled(reader, _REFERENCES, default=False),
        _enabled(reader, "EncryptionSupport", default=False),
        _stated(reader, _DNS),
        origin=reader.origin,
    )


def _enabled(reader: Reader, name: str, *, default: bool) -> bool:
    """Return whether an option is `enable`; an unknown one is assumed to be the default, with a warning."""
    value = reader.text(name)
    if isinstance(value, Unknown):
        word = "enable" if default else "disable"
        reader.warn(name, f"`{name}` of `{reader.id}` is taken to be `{word}`: {value.why}")
    return value == "enable" if isinstance(value, str) else default


def _stated(reader: Reader, name: str) -> bool | None:
    """Return whether an option is `enable`; None if it is left out, or not known."""
    value = reader.text(name)
    return value == "enable" if isinstance(value, str) else None


def attachments(inventory: Inventory, vpns: Mapping[str, VpnConnection]) -> dict[str, TransitGatewayAttachment]:
    """Return the attachments: VPCs, peer gateways, Direct Connect, and each VPN connection that ends on a transit gateway."""
    found = {}
    for reader in inventory.of(*_VPC_ATTACHMENTS):
        found[reader.id] = TransitGatewayAttachment(
            id=reader.id,
            transit_gateway_id=reader.required("TransitGatewayId"),
            kind=AttachmentKind.VPC,
            resource_id=reader.required("VpcId"),
            subnet_ids=reader.known_texts("SubnetIds"),
            appliance_mode=_enabled(reader.part("Options"), "ApplianceModeSupport", default=False),
            security_group_referencing=_enabled(reader.part("Options"), _REFERENCES, default=True),
            ipv6_support=_enabled(reader.part("Options"), "Ipv6Support", default=False),
            dns_support=_stated(reader.part("Options"), _DNS),
            origin=reader.origin,
        )
    accepting = {reader.required(_ATTACHMENT): reader for reader in inventory.of(ACCEPTED)}
    for reader in inventory.of("AWS::EC2::TransitGatewayPeeringAttachment"):
        gateways = reader.required("TransitGatewayId"), reader.required("PeerTransitGatewayId")
        sides = reader, accepting.get(reader.id)
        for (own, far), (side, other) in zip(permutations(gateways), permutations(sides), strict=True):
            if side is not None:
                found[side.id] = TransitGatewayAttachment(
                    id=side.id,
                    transit_gateway_id=own,
                    kind=AttachmentKind.PEERING,
                    resource_id=far,
                    peer_attachment_id=other.id if other else None,
                    origin=side.origin,
                )
    vpn_gateways = {reader.id for reader in inventory.of("AWS::EC2::VPNGateway")}
    for reader in inventory.of(DIRECT_CONNECT):
        gateway_id = reader.required("AssociatedGatewayId")
        if gateway_id not in vpn_gateways:
            found[reader.id] = TransitGatewayAttachment(
                id=reader.id,
                transit_gateway_id=gateway_id,
                kind=AttachmentKind.DIRECT_CONNECT,
                resource_id=reader.required("DirectConnectGatewayId"),
                origin=reader.origin,
            )
    for vpn in vpns.values():
        if vpn.transit_gateway_id is not None:
            id_ = f"{vpn.id}.attachment"
            found[id_] = TransitGatewayAttachment(
                id_, vpn.transit_gateway_id, AttachmentKind.VPN, vpn.id, origin=vpn.origin
            )
    return found


def route_tables(
    inventory: Inventory, attached: Mapping[str, TransitGatewayAttachment]
) -> dict[str, TransitGatewayRouteTable]:
    """Return the tables of the template, and each gateway's default one for other attachments."""
    found = {
        **inventory.beside.transit_gateway_route_tables,
        **{
            r.id: TransitGatewayRouteTable(r.id, r.required("TransitGatewayId"), origin=r.origin)
            for r in inventory.of("AWS::EC2::TransitGatewayRouteTable")
        },
    }
    default = _named_default(inventory, found)
    tables = ((one, known_in(found, one.required(_TABLE))) for one in inventory.of(_ASSOCIATION))
    associated = {
        _side(attached, table.transit_gateway_id if table else None, reader.required(_ATTACHMENT))
        for reader, table in tables
    }
    for reader in inventory.of("AWS::EC2::TransitGateway"):
        own = [one.id for one in attached.values() if one.transit_gateway_id == reader.id]
        _place_by_default(found, reader, own, associated)

    def parts(type_: str) -> Iterator[tuple[Reader, TransitGatewayRouteTable]]:
        for reader in inventory.of(type_):
            named = reader.required(_TABLE)
            table = known_in(found, named) or known_in(found, known_in(default, named) or "")
            if table is not None:
                yield reader, table

    for reader, table in parts("AWS::EC2::TransitGatewayRoute"):
        found[table.id] = replace(table, routes=(*table.routes, _route(reader)))
    for reader, table in parts(_ASSOCIATION):
        found[table.id] = replace(table, associations=(*table.associations, reader.required(_ATTACHMENT)))
    for reader, table in parts("AWS::EC2::TransitGatewayRouteTablePropagation"):
        found[table.id] = replace(table, propagations=(*table.propagations, reader.required(_ATTACHMENT)))
    for reader, table in parts(UNASSOCIATED):
        found[table.id] = replace(table, associations=_others(table.associations, reader))
    for reader, table in parts(UNPROPAGATED):
        found[table.id] = replace(table, propagations=_others(table.propagations, reader))
    return {id_: _of_own_sides(attached, table) for id_, table in found.items()}


def _named_default(inventory: Inventory, loaded: Mapping[str, TransitGatewayRouteTable]) -> dict[str, str]:
    """Return the default tables by the ids of AWS with which parts name them, since no template makes these tables.

    An id belongs to the gateway that states it, else to the only gateway with a default table.
    """
    every = inventory.of("AWS::EC2::TransitGateway")
    gateways = [one for one in every if any(one.text(option) != "disable" for option, _ in _DEFAULTS.values())]
    stated = {
        id_: f"{one.id}.default"
        for one in gateways
        for _, name in _DEFAULTS.values()
        if isinstance(id_ := one.text(name), str)
    }
    for reader in inventory.of(
        _ASSOCIATION, "AWS::EC2::TransitGatewayRoute", "AWS::EC2::TransitGatewayRouteTablePropagation"
    ):
        id_ = reader.required(_TABLE)
        if isinstance(id_, str) and id_.startswith(_OF_AWS) and id_ not in {**loaded, **stated} and len(gateways) == 1:
            reader.warn(_TABLE, f"`{id_}` is taken to be the default route table of `{gateways[0].id}`")
            stated[id_] = f"{gateways[0].id}.default"
    return stated


def _of_own_sides(
    attached: Mapping[str, TransitGatewayAttachment], table: TransitGatewayRouteTable
) -> TransitGatewayRouteTable:
    """Return a table that names each peering by the side of its gateway."""
    own = partial(_side, attached, table.transit_gateway_id)
    routes = (
        one if one.attachment_id is None else replace(one, attachment_id=own(one.attachment_id)) for one in table.routes
    )
    return replace(
        table,
        associations=tuple(map(own, table.associations)),
        propagations=tuple(map(own, table.propagations)),
        routes=tuple(routes),
    )


def _side(
    attached: Mapping[str, TransitGatewayAttachment], gateway: Maybe[str] | None, attachment: Maybe[str]
) -> Maybe[str]:
    """Return the side of a peering at a gateway, and any other attachment as it is."""
    named = known_in(attached, attachment)
    other = named.peer_attachment_id if named and named.transit_gateway_id != gateway else None
    return other or attachment


def _others(attachments: Iterable[Maybe[str]], reader: Reader) -> tuple[Maybe[str], ...]:
    """Return attachments without the one that a resource names."""
    left_out = reader.required(_ATTACHMENT)
    return tuple(one for one in attachments if one != left_out)


def _place_by_default(
    found: dict[str, TransitGatewayRouteTable], reader: Reader, own: Iterable[str], associated: set[Maybe[str]]
) -> None:
    """Put the attachments of a gateway into the default table that AWS makes; a stated id that is not known may be another's."""
    for kind, (option, name) in _DEFAULTS.items():
        if reader.text(option) == "disable":
            continue
        id_, made = reader.text(name), f"{reader.id}.default"
        table = found.get(made) or TransitGatewayRouteTable(made, reader.id)
        added = (one for one in own if kind != "associations" or one not in associated)
        held = (id_,) if isinstance(id_, Unknown) else tuple(added)
        changes: dict[str, Any] = {kind: (*getattr(table, kind), *held)}
        found[table.id] = replace(table, **changes)


def _route(reader: Reader) -> TransitGatewayRoute:
    block = reader.network("DestinationCidrBlock")
    if block is None:
        reader.lacks(f"`{reader.id}` has no `DestinationCidrBlock`", "DestinationCidrBlock", hint="add it")
    blackhole = reader.flag("Blackhole", default=False)
    attachment = reader.text(_ATTACHMENT)
    return TransitGatewayRoute(reader.id, block, attachment, blackhole or attachment is None, origin=reader.origin)


def vpn_connections(inventory: Inventory) -> dict[str, VpnConnection]:
    """Return the VPN connections with their static routes."""
    found = {
        r.id: VpnConnection(
            id=r.id,
            vpn_gateway_id=r.text("VpnGatewayId"),
            transit_gateway_id=r.text("TransitGatewayId"),
            static_routes_only=r.flag("StaticRoutesOnly", default=False),
            origin=r.origin,
        )
        for r in inventory.of("AWS::EC2::VPNConnection")
    }
    for reader, vpn in inventory.parts_of(found, "AWS::EC2::VPNConnectionRoute", "VpnConnectionId"):
        block = reader.network("DestinationCidrBlock")
        if block is not None:
            found[vpn.id] = replace(vpn, routes=(*vpn.routes, block))
    return found


READERS = (
    of_each("transit_gateways", _transit_gateway, "AWS::EC2::TransitGateway"),
    PartReader("vpn_connections", vpn_connections),
    PartReader("transit_gateway_attachments", attachments, needs=("vpn_connections",)),
    PartReader("transit_gateway_route_tables", route_tables, needs=("transit_gateway_attachments",)),
)
