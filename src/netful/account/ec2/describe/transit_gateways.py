"""Transit gateways, their attachments and route tables as EC2's describe operations return them."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.view import View
from netful.model.core.unknown import Unknown, known_in
from netful.model.network.transit_gateways import AttachmentKind, TransitGatewayAttachment, TransitGatewayRouteTable

OPTIONS: Mapping[str, Any] = {
    "AmazonSideAsn": 64512, "AutoAcceptSharedAttachments": "disable", "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable", "VpnEcmpSupport": "enable", "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable", "MulticastSupport": "disable",
}  # fmt: skip
"""Options of a gateway, with AWS's defaults."""

OPTIONS_OF_VPC: Mapping[str, Any] = {
    "DnsSupport": "enable", "SecurityGroupReferencingSupport": "enable", "Ipv6Support": "disable",
    "ApplianceModeSupport": "disable",
}  # fmt: skip
"""Options of a VPC's attachment, with AWS's defaults."""


def transit_gateways(view: View) -> Iterator[dict[str, Any]]:
    """Yield the transit gateways."""
    network, place = view.cloud.network, f"arn:aws:ec2:{view.cloud.region}:{view.cloud.account_id}"
    for gateway in network.transit_gateways.values():
        said = _said(view, gateway.id)
        options = {name: said.get(name) or value for name, value in OPTIONS.items()}
        default = (
            view.id(f"{gateway.id}.default")
            if f"{gateway.id}.default" in network.transit_gateway_route_tables
            else None
        )
        yield {
            "TransitGatewayId": view.id(gateway.id),
            "TransitGatewayArn": f"{place}:transit-gateway/{view.id(gateway.id)}",
            "State": "available",
            "OwnerId": gateway.owner_id or view.cloud.account_id,
            "Description": said.get("Description", ""),
            "CreationTime": SOME_TIME,
            "Options": {
                **options,
                "TransitGatewayCidrBlocks": said.get("TransitGatewayCidrBlocks") or [],
                "AssociationDefaultRouteTableId": _if(options["DefaultRouteTableAssociation"], default),
                "PropagationDefaultRouteTableId": _if(options["DefaultRouteTablePropagation"], default),
            },
            "Tags": view.tags(gateway.id),
        }


def _said(view: View, name: str) -> Mapping[str, Any]:
    resource = view.cloud.template.resources.get(name)
    return resource.properties if resource else {}


def _if(option: str, value: str | None) -> str | None:
    return value if option == "enable" else None


def vpc_attachments(view: View) -> Iterator[dict[str, Any]]:
    """Yield the attachments of VPCs as `DescribeTransitGatewayVpcAttachments` returns them."""
    for one in view.cloud.network.transit_gateway_attachments.values():
        if one.kind is AttachmentKind.VPC:
            said = _said(view, one.id).get("Options") or {}
            yield {
                "TransitGatewayAttachmentId": view.id(one.id),
                "TransitGatewayId": view.id(one.transit_gateway_id),
                "VpcId": view.id(one.resource_id),
                "VpcOwnerId": view.cloud.account_id,
                "State": "available",
                "SubnetIds": view.ids(one.subnet_ids),
                "CreationTime": SOME_TIME,
                "Options": {name: said.get(name) or value for name, value in OPTIONS_OF_VPC.items()},
                "Tags": view.tags(one.id),
            }


def attachments(view: View) -> Iterator[dict[str, Any]]:
    """Yield all attachments as `DescribeTransitGatewayAttachments` returns them."""
    tables = view.cloud.network.transit_gateway_route_tables.values()
    for one in view.cloud.network.transit_gateway_attachments.values():
        table = next((table for table in tables if one.id in table.associations), None)
        yield {
            **end(view, one),
            "TransitGatewayId": view.id(one.transit_gateway_id),
            "TransitGatewayOwnerId": view.cloud.account_id,
            "ResourceOwnerId": view.cloud.account_id,
            "State": "available",
            "Association": {"TransitGatewayRouteTableId": view.id(table.id), "State": "associated"} if table else None,
            "CreationTime": SOME_TIME,
            "Tags": view.tags(one.id),
        }


def end(view: View, one: TransitGatewayAttachment) -> dict[str, Any]:
    """Return an attachment as routes, associations and propagations name it."""
    return {
        "TransitGatewayAttachmentId": view.id(one.id), "ResourceType": str(one.kind), "ResourceId": view.id(one.resource_id),
    }  # fmt: skip


def route_tables(view: View) -> Iterator[dict[str, Any]]:
    """Yield the route tables."""
    for table in view.cloud.network.transit_gateway_route_tables.values():
        said = _said(view, str(table.transit_gateway_id))
        default = table.id == f"{table.transit_gateway_id}.default"
        yield {
            "TransitGatewayRouteTableId": view.id(table.id),
            "TransitGatewayId": view.id(table.transit_gateway_id),
            "State": "available",
            "DefaultAssociationRouteTable": default and said.get("DefaultRouteTableAssociation") != "disable",
            "DefaultPropagationRouteTable": default and said.get("DefaultRouteTablePropagation") != "disable",
            "CreationTime": SOME_TIME,
            "Tags": view.tags(table.id),
        }


def routes(view: View, table: TransitGatewayRouteTable) -> Iterator[dict[str, Any]]:
    """Yield the routes of a table: the static ones, then the blocks that it learns and has no static route for."""
    attached, static = view.cloud.network.transit_gateway_attachments, set()
    for route in table.routes:
        if not isinstance(route.destination_cidr_block, Unknown):
            static.add(route.destination_cidr_block)
            ends = known_in(attached, route.attachment_id)
            yield {
                "DestinationCidrBlock": str(route.destination_cidr_block), "Type": "static",
                "State": "blackhole" if ends is None else "active",
                "TransitGatewayAttachments": [end(view, ends)] if ends else [],
            }  # fmt: skip
    for name in table.propagations:
        one = known_in(attached, name)
        for block in _blocks(view, one) if one else ():
            if block not in static:
                yield {"DestinationCidrBlock": str(block), "Type": "propagated", "State": "active",
                       "TransitGatewayAttachments": [end(view, one)] if one else []}  # fmt: skip


def _blocks(view: View, one: TransitGatewayAttachment) -> Iterator[object]:
    """Yield the blocks that a table learns from an attachment."""
    network, name = view.cloud.network, str(one.resource_id)
    vpc, vpn = network.vpcs.get(name), network.vpn_connections.get(name)
    blocks = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc else vpn.routes if vpn else ()
    return (block for block in blocks if not isinstance(block, Unknown))
