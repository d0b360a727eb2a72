"""Route tables of a plan: routes in blocks, and the main table of a VPC."""

from collections.abc import Mapping
from typing import Any

from netful.model.core.unknown import Unknown
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE
from netful.sources.terraform.blocks import blocks_of
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Maker, Translation

# An inline route's target → CloudFormation's property.
_ROUTE = {
    "cidr_block": "DestinationCidrBlock", "ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_prefix_list_id": "DestinationPrefixListId", "gateway_id": "GatewayId",
    "nat_gateway_id": "NatGatewayId", "transit_gateway_id": "TransitGatewayId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId", "network_interface_id": "NetworkInterfaceId",
    "vpc_endpoint_id": "VpcEndpointId", "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
    "local_gateway_id": "LocalGatewayId", "carrier_gateway_id": "CarrierGatewayId", "core_network_arn": "CoreNetworkArn",
}  # fmt: skip

_ROUTE_TARGETS = [target for target in _ROUTE.values() if not target.startswith("Destination")]


def _inline_routes(making: Translation, resource: Planned) -> None:
    _routes(making, resource, {"Ref": resource.address})


def _default_table(making: Translation, resource: Planned) -> None:
    table = making.default_of(resource)
    if table is not None:
        _routes(making, resource, table)


def _main_table(making: Translation, resource: Planned) -> None:
    named = {"VpcId": making.value(resource, "vpc_id"), "RouteTableId": making.value(resource, "route_table_id")}
    making.put(resource, MAIN_ROUTE_TABLE, named)


def _association(making: Translation, resource: Planned) -> None:
    """Make the association of a table with a subnet or a gateway."""
    table, gateway = making.value(resource, "route_table_id"), making.value(resource, "gateway_id")
    if gateway in (None, ""):
        properties = {"RouteTableId": table, "SubnetId": making.required(resource, "subnet_id")}
        making.put(resource, "AWS::EC2::SubnetRouteTableAssociation", properties)
    else:
        making.put(resource, "AWS::EC2::GatewayRouteTableAssociation", {"RouteTableId": table, "GatewayId": gateway})


def _routes(making: Translation, resource: Planned, table: Any) -> None:
    for number, (values, unknown, written) in enumerate(blocks_of(resource, "route")):
        properties: dict[str, Any] = {"RouteTableId": table}
        for name, target in _ROUTE.items():
            value = making.argument(resource, name, values, unknown, written)
            if value not in (None, ""):
                properties[target] = value
        if not properties.keys() & set(_ROUTE_TARGETS):
            place = f"{resource.address}.route"
            properties["GatewayId"] = Unknown(f"the target of `{place}` is known only after apply", (place,))
        making.put(resource, "AWS::EC2::Route", properties, f".route[{number}]")


MAKERS: Mapping[str, Maker] = {
    "aws_route_table_association": _association,
    "aws_route_table": _inline_routes,
    "aws_default_route_table": _default_table,
    "aws_main_route_table_association": _main_table,
}
