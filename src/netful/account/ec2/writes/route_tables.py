"""Writes of route tables, their routes and associations."""

from collections.abc import Mapping
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from netful.account.changes import Remove, new, removal
from netful.account.ec2.describe.route_tables import main_association
from netful.account.ec2.world import Change, World, has_dependencies, missing_association, new_id
from netful.account.ec2.writes.block_restrictions import check_destination
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.cloud import Cloud
from netful.model.core import Resource, known_in
from netful.model.network.route_tables import TARGET_PROPERTIES, RouteTable
from netful.model.network.vpc import IPNetwork
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE

_ROUTE, _ASSOCIATION = "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"
_PREFIX_LIST = "DestinationPrefixListId"
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", _PREFIX_LIST)
_TARGETS = (
    "NatGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId", "NetworkInterfaceId", "VpcEndpointId",
    "TransitGatewayId", "InstanceId",
)  # fmt: skip
"""Parameters that name a target, which are properties too."""

_GATEWAYS = {"igw-": "InternetGatewayId", "vgw-": "VpnGatewayId", "vpce-": "VpcEndpointId"}


def delete_route_table(world: World, asked: Parameters) -> Change:
    """DeleteRouteTable: no subnet may use it, and it may not be the main one."""
    name = world.existing(asked, "RouteTableId")
    table = world.cloud.network.route_tables[name]
    if table.main or table.id == f"{table.vpc_id}.main" or table.subnet_ids or table.gateway_ids:
        raise has_dependencies("routeTable", asked["RouteTableId"])
    return Change((*removal(world.referring(_ROUTE, RouteTableId=name)), Remove(name)))


def create_route(world: World, asked: Parameters) -> Change:
    """CreateRoute: a destination that the table does not have yet."""
    table = world.existing(asked, "RouteTableId")
    destination = _destination(world, asked)
    if _route(world, table, destination) is not None or is_local(world.cloud, table, destination):
        text = f"The route identified by {_worded(asked)} already exists."
        raise ApiError("RouteAlreadyExists", text)
    target = _target(world, asked)
    _check_destination(world, table, destination, target)
    properties = {"RouteTableId": table, **destination, **target}
    return Change((new(_ROUTE, f"{table}|{_worded(asked)}", properties),))


def replace_route(world: World, asked: Parameters) -> Change:
    """ReplaceRoute: another target for a destination; the local route gets one too, and its own again."""
    table, destination = world.existing(asked, "RouteTableId"), _destination(world, asked)
    route, local = _route(world, table, destination), is_local(world.cloud, table, destination)
    if route is None and not local:
        text = f"There is no route defined for '{_worded(asked)}' in the route table. Use CreateRoute instead."
        raise invalid_value(text)
    if asked.get("LocalTarget"):
        if not local:
            raise invalid_value(f"The route identified by {_worded(asked)} is not a local route.")
        return Change((Remove(route.id),) if route is not None else ())
    target = _target(world, asked)
    _check_destination(world, table, destination, target)
    properties = {"RouteTableId": table, **destination, **target}
    return Change((new(_ROUTE, route.id if route is not None else f"{table}|{_worded(asked)}", properties),))


def delete_route(world: World, asked: Parameters) -> Change:
    """DeleteRoute."""
    table, destination = world.existing(asked, "RouteTableId"), _destination(world, asked)
    if is_local(world.cloud, table, destination):
        raise invalid_value(f"cannot remove local route {_worded(asked)} in route table {asked['RouteTableId']}")
    route = _route(world, table, destination)
    if route is None:
        text = f"no route with destination-cidr-block {_worded(asked)} in route table {asked['RouteTableId']}"
        raise ApiError("InvalidRoute.NotFound", text)
    return Change((Remove(route.id),))


def is_local(cloud: Cloud, table: str, destination: Mapping[str, str]) -> bool:
    """Return whether a destination is a block of the table's VPC."""
    network = cloud.network
    vpc = known_in(network.vpcs, network.route_tables[table].vpc_id)
    blocks = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc else ()
    return any(value in map(str, blocks) for value in destination.values())


def _destination(world: World, asked: Parameters) -> dict[str, str]:
    given = {key: str(asked[key]) for key in _DESTINATIONS if asked.get(key)}
    if len(given) != 1:
        raise ApiError("MissingParameter", "The request must contain exactly one destination")
    ((key, value),) = given.items()
    return {key: world.name(value) if key == _PREFIX_LIST else str(_block(key, value))}


def _block(key: str, text: str) -> IPNetwork:
    """Return the block of a destination: the network of an address in it too."""
    try:
        return IPv6Network(text, strict=False) if "6" in key else IPv4Network(text, strict=False)
    except ValueError:
        name = key[0].lower() + key[1:]
        said = f"Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
        raise invalid_value(said) from None


def _check_destination(world: World, table: str, destination: Mapping[str, str], target: Mapping[str, str]) -> None:
    ((key, value),) = destination.items()
    if key != _PREFIX_LIST:
        kind = TARGET_PROPERTIES[next(iter(target))]
        check_destination(world, world.cloud.network.route_tables[table], _block(key, value), kind)


def _worded(asked: Parameters) -> str:
    return next(str(asked[key]) for key in _DESTINATIONS if asked.get(key))


def _route(world: World, table: str, destination: Mapping[str, str]) -> Resource | None:
    return world.association_of(_ROUTE, RouteTableId=table, **destination)


def _target(world: World, asked: Parameters) -> dict[str, str]:
    given = [name for name in ("GatewayId", *_TARGETS) if asked.get(name) is not None]
    if len(given) != 1:
        code = "InvalidParameterCombination" if given else "MissingParameter"
        raise ApiError(code, "The request must contain exactly one target")
    (parameter,) = given
    if parameter == "InstanceId" and len(world.cloud.network.interfaces_of(world.name(asked[parameter]))) > 1:
        text = f"There are multiple interfaces attached to instance '{asked[parameter]}'."
        raise ApiError("InvalidInstanceID", f"{text} Please specify an interface ID for the operation instead.")
    if parameter != "GatewayId":
        return {parameter: world.named(parameter, asked[parameter])}
    gateway = asked[parameter]
    kind = next((kind for prefix, kind in _GATEWAYS.items() if str(gateway).startswith(prefix)), "")
    if not kind:
        raise ApiError("InvalidGatewayID.NotFound", f"The gateway ID '{gateway}' does not exist")
    return {"VpcEndpointId" if kind == "VpcEndpointId" else "GatewayId": world.named(kind, gateway)}


def associate_route_table(world: World, asked: Parameters) -> Change:
    """AssociateRouteTable: a subnet has one table of its own at most."""
    table = world.existing(asked, "RouteTableId")
    if asked.get("GatewayId"):
        properties = {"RouteTableId": table, "GatewayId": world.name(asked["GatewayId"])}
        return _associated("AWS::EC2::GatewayRouteTableAssociation", properties)
    subnet = world.existing(asked, "SubnetId")
    if world.referring(_ASSOCIATION, SubnetId=subnet):
        text = (
            f"the specified association for route table {asked['RouteTableId']} conflicts with an existing association"
        )
        raise ApiError("Resource.AlreadyAssociated", text)
    properties = {"RouteTableId": table, "SubnetId": subnet}
    return _associated(_ASSOCIATION, properties)


def _associated(type_: str, properties: Mapping[str, Any]) -> Change:
    id_ = new_id("rtbassoc")
    answer = {"AssociationId": id_, "AssociationState": {"State": "associated"}}
    return Change((new(type_, id_, properties),), lambda _world: answer)


def _association(world: World, asked: Parameters) -> Resource:
    found = world.resource(world.name(asked.get("AssociationId")))
    if found is None or found.type not in (_ASSOCIATION, "AWS::EC2::GatewayRouteTableAssociation"):
        raise missing_association(asked.get("AssociationId"))
    return found


def disassociate_route_table(world: World, asked: Parameters) -> Change:
    """DisassociateRouteTable: the subnet uses the main table from then on."""
    if _main_table(world, asked) is not None:
        raise invalid_value(f"cannot disassociate the main route table association {asked['AssociationId']}")
    return Change((Remove(_association(world, asked).id),))


def replace_route_table_association(world: World, asked: Parameters) -> Change:
    """ReplaceRouteTableAssociation: another table for the same subnet or as the main one, under another id."""
    table, main = world.existing(asked, "RouteTableId"), _main_table(world, asked)
    if main is not None:
        chosen = {"VpcId": main.vpc_id, "RouteTableId": table}
        return Change((new(MAIN_ROUTE_TABLE, f"{main.vpc_id}.main-table", chosen),), partial(_main_now, table))
    before = _association(world, asked)
    id_ = new_id("rtbassoc")
    after = new(before.type, id_, {**before.properties, "RouteTableId": table})
    return Change(
        (Remove(before.id), after),
        lambda _world: {"NewAssociationId": id_, "AssociationState": {"State": "associated"}},
    )


def _main_table(world: World, asked: Parameters) -> RouteTable | None:
    """Return the main table that an association names."""
    id_, tables = asked.get("AssociationId"), world.cloud.network.route_tables.values()
    return next((one for one in tables if one.main and main_association(world, one) == id_), None)


def _main_now(table: str, world: World) -> Mapping[str, Any]:
    id_ = main_association(world, world.cloud.network.route_tables[table])
    return {"NewAssociationId": id_, "AssociationState": {"State": "associated"}}


WRITES = {
    "DeleteRouteTable": delete_route_table,
    "CreateRoute": create_route,
    "ReplaceRoute": replace_route,
    "DeleteRoute": delete_route,
    "AssociateRouteTable": associate_route_table,
    "DisassociateRouteTable": disassociate_route_table,
    "ReplaceRouteTableAssociation": replace_route_table_association,
}
