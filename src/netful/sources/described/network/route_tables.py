"""Described route tables."""

from netful.model.network.route_tables import TARGET_PROPERTIES, Route, RouteTable, TargetKind
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.network.gateways import attached_vpc
from netful.sources.parts import PartReader

_GATEWAYS = {"igw-": TargetKind.INTERNET_GATEWAY, "vgw-": TargetKind.VPN_GATEWAY, "vpce-": TargetKind.VPC_ENDPOINT}


def route_tables(description: Description) -> dict[str, RouteTable]:
    """Return the route tables; local routes are left out, every table has them.

    A route to an internet gateway that is not attached to the VPC is a blackhole, whenever its answer was saved.
    """
    attached = {
        one.text("InternetGatewayId"): attached_vpc(one, "Attachments") for one in description.of("InternetGateways")
    }
    of_nats = {item.text("RouteTableId"): item.text("NatGatewayId") for item in description.of("NatGateways")}
    found = {}
    for item in description.of("RouteTables"):
        id_, vpc_id = item.text("RouteTableId"), item.text("VpcId")
        associations = list(item.parts("Associations"))
        found[id_] = RouteTable(
            id=id_,
            vpc_id=vpc_id,
            routes=tuple(
                _route(id_, route, attached=attached.get(route.text("GatewayId"), vpc_id) == vpc_id)
                for route in item.parts("Routes")
                if route.text("GatewayId") != "local"
            ),
            subnet_ids=tuple(a.text("SubnetId") for a in associations if a.text("SubnetId") and _holds(a)),
            main=any(a.flag("Main") for a in associations),
            gateway_ids=_gateways(associations, of_nats.get(id_)),
            origin=item.origin,
        )
    return found


def _gateways(associations: list[Item], nat_gateway_id: str | None) -> tuple[str, ...]:
    """Return the gateways whose packets a table routes; a regional NAT gateway names its table itself."""
    named = [one.text("GatewayId") for one in associations if one.text("GatewayId")]
    return tuple(dict.fromkeys((*named, *((nat_gateway_id,) if nat_gateway_id else ()))))


def _holds(association: Item) -> bool:
    """Return whether an association is in effect; AWS lists a removed one for a while."""
    return association.text("AssociationState", "State") not in ("disassociating", "disassociated", "failed")


def _route(table_id: str, item: Item, *, attached: bool) -> Route:
    block = item.network("DestinationCidrBlock", "DestinationIpv6CidrBlock")
    prefix_list = item.text("DestinationPrefixListId") or None
    kind, target = _target(item)
    return Route(
        id=f"{table_id}.{block or prefix_list}",
        target_kind=kind,
        target_id=target,
        destination_cidr_block=block,
        destination_prefix_list_id=prefix_list,
        blackhole=item.text("State") == "blackhole" or not attached,
        propagated=item.text("Origin") == "EnableVgwRoutePropagation",
        origin=item.origin,
    )


def _target(item: Item) -> tuple[TargetKind, str]:
    for name, kind in TARGET_PROPERTIES.items():
        if item.text(name) and name != "GatewayId":
            return kind, item.text(name)
    target = item.text("GatewayId")
    for prefix, kind in _GATEWAYS.items():
        if target.startswith(prefix):
            return kind, target
    named = (item.text(name) for name in item.data if name.endswith(("Id", "Arn")) and "Destination" not in name)
    return TargetKind.OTHER, target or next((other for other in named if other), "nothing")


READERS = (PartReader("route_tables", route_tables),)
