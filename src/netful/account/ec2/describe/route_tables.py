"""Route tables as `DescribeRouteTables` returns them, local routes included."""

from collections.abc import Iterator
from ipaddress import IPv6Network
from typing import Any

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Unknown, known_in
from netful.model.network.route_tables import TARGET_PROPERTIES, Route, RouteTable, TargetKind

TARGETS = {
    **{kind: member for member, kind in TARGET_PROPERTIES.items()},
    **dict.fromkeys((TargetKind.VPN_GATEWAY, TargetKind.VPC_ENDPOINT, TargetKind.OTHER), "GatewayId"),
}
"""The members of a route that name its target, by kind."""


def route_table(view: View, table: RouteTable) -> Record:
    """Return the record of a route table."""
    return {
        "VpcId": view.id(table.vpc_id),
        "OwnerId": view.cloud.account_id,
        "Associations": [*_associations(view, table)],
        "PropagatingVgws": [{"GatewayId": id_} for id_ in _propagating(view, table)],
        "Routes": [
            *_local_routes(view, table),
            *(_route(view, route) for route in table.routes if not isinstance(route.destination_cidr_block, Unknown)),
        ],
    }


def _associations(view: View, table: RouteTable) -> Iterator[Record]:
    first = main_association(view, table)
    if table.main:
        yield _association(view, table, first, {"Main": True})
    for property_, type_, names in (
        ("SubnetId", "AWS::EC2::SubnetRouteTableAssociation", table.subnet_ids),
        ("GatewayId", "AWS::EC2::GatewayRouteTableAssociation", table.gateway_ids),
    ):
        for number, name in enumerate(names):
            aws_id = view.id(name)
            own = view.association(type_, **{"RouteTableId": table.id, property_: str(name)})
            if aws_id:
                yield _association(view, table, own or f"{first}{number}", {"Main": False, property_: aws_id})


def main_association(view: View, table: RouteTable) -> str:
    """Return the id of the association of a main table with its VPC."""
    return f"rtbassoc-{str(view.id(table.id)).removeprefix('rtb-')}"


def _association(view: View, table: RouteTable, id_: str, more: dict[str, Any]) -> Record:
    state = {"State": "associated"}
    return {
        "RouteTableAssociationId": id_, "RouteTableId": view.id(table.id), "AssociationState": state, **more,
    }  # fmt: skip


def _propagating(view: View, table: RouteTable) -> list[str]:
    """Return the gateways from which a table learns, also those that have no route for it."""
    learned = (r.target_id for r in table.routes if r.propagated and r.target_kind is TargetKind.VPN_GATEWAY)
    declared = (
        one.properties.get("VpnGatewayId")
        for one in view.of_type("AWS::EC2::VPNGatewayRoutePropagation")
        if view.id(table.id) in view.ids(one.properties.get("RouteTableIds") or ())
    )
    return list(dict.fromkeys(view.ids((*learned, *declared))))


def _local_routes(view: View, table: RouteTable) -> Iterator[Record]:
    vpc = known_in(view.cloud.network.vpcs, table.vpc_id)
    replaced = [one.destination_cidr_block for one in table.routes if not one.propagated]
    for block in (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc else ():
        if not isinstance(block, Unknown) and block not in replaced:
            yield {**_destination(block), "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}


def _destination(block: object) -> Record:
    return {"DestinationIpv6CidrBlock" if isinstance(block, IPv6Network) else "DestinationCidrBlock": str(block)}


def _route(view: View, route: Route) -> Record:
    block = route.destination_cidr_block
    destination = (
        _destination(block)
        if block is not None and not isinstance(block, Unknown)
        else {"DestinationPrefixListId": view.id(route.destination_prefix_list_id)}
    )
    return {
        **destination,
        TARGETS[route.target_kind]: view.id(route.target_id),
        "Origin": "EnableVgwRoutePropagation" if route.propagated else "CreateRoute",
        "State": "blackhole" if route.blackhole or _is_stopped(view, route) else "active",
    }


def _is_stopped(view: View, route: Route) -> bool:
    """Return whether the target of a route is an instance that is stopped or gone."""
    enis = view.cloud.network.interfaces_of(str(route.target_id))
    return route.target_kind is TargetKind.INSTANCE and all(eni.idle for eni in enis)
