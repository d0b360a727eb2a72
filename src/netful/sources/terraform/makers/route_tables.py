"""Route tables of a plan: routes in blocks, and the main table of a VPC."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE, RESTRICTED_MAIN_TABLE
from netful.sources.terraform.plan.blocks import blocks_of, several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Maker, Translation
from netful.sources.terraform.types.rows import single

_ROUTE = single(
    "",
    "destination_prefix_list_id gateway_id nat_gateway_id transit_gateway_id vpc_peering_connection_id "
    "network_interface_id instance_id vpc_endpoint_id local_gateway_id carrier_gateway_id core_network_arn",
    {"cidr_block": "DestinationCidrBlock", "ipv6_cidr_block": "DestinationIpv6CidrBlock",
     "egress_only_gateway_id": "EgressOnlyInternetGatewayId"},
)  # fmt: skip


def _inline_routes(making: Translation, resource: Planned) -> None:
    _routes(making, resource, {"Ref": resource.address})


def _default_table(making: Translation, resource: Planned) -> None:
    table = making.default_of(resource)
    if table is not None:
        making.put(resource, RESTRICTED_MAIN_TABLE, {"MainRouteTable": table})
        _routes(making, resource, table)


def _main_table(making: Translation, resource: Planned) -> None:
    making.put(resource, MAIN_ROUTE_TABLE, making.named(resource, "vpc_id route_table_id"))


def _association(making: Translation, resource: Planned) -> None:
    """Make the association of a table with a subnet or a gateway."""
    table, gateway = making.value(resource, "route_table_id"), making.value(resource, "gateway_id")
    if gateway in (None, ""):
        properties = {"RouteTableId": table, "SubnetId": making.required(resource, "subnet_id")}
        making.put(resource, "AWS::EC2::SubnetRouteTableAssociation", properties)
    else:
        making.put(resource, "AWS::EC2::GatewayRouteTableAssociation", {"RouteTableId": table, "GatewayId": gateway})


def _routes(making: Translation, resource: Planned, table: Any) -> None:
    """Make the routes of a table that are blocks of its resource, and those that gateways propagate to it."""
    for number, gateway in enumerate(several(making.value(resource, "propagating_vgws"))):
        propagation = {"VpnGatewayId": gateway, "RouteTableIds": [table]}
        making.put(resource, "AWS::EC2::VPNGatewayRoutePropagation", propagation, f".propagating_vgws[{number}]")
    for number, one in enumerate(blocks_of(resource, "route")):
        route = making.shaped(resource, _ROUTE, one)
        if all(name.startswith("Destination") for name in route):
            place = f"{resource.address}.route"
            route["GatewayId"] = Unknown(f"the target of `{place}` is known only after apply", (place,))
        making.put(resource, "AWS::EC2::Route", {"RouteTableId": table, **route}, f".route[{number}]")


MAKERS: Mapping[str, Maker] = {
    "aws_route_table_association": _association,
    "aws_route_table": _inline_routes,
    "aws_default_route_table": _default_table,
    "aws_main_route_table_association": _main_table,
}
