"""Transit gateways, their attachments and route tables as EC2's describe operations return them."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Unknown, known_in
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)

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


def transit_gateway(view: View, gateway: TransitGateway) -> Record:
    """Return the record of a transit gateway."""
    said = view.said(gateway.id)
    options = {name: said.get(name) or value for name, value in OPTIONS.items()}
    own = known_in(view.cloud.network.transit_gateway_route_tables, f"{gateway.id}.default")
    default = view.id(own.id) if own else None
    return {
        "TransitGatewayArn": view.arn("transit-gateway", gateway.id),
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
    }


def _if(option: str, value: str | None) -> str | None:
    return value if option == "enable" else None


def of_vpcs(view: View) -> Iterator[TransitGatewayAttachment]:
    """Yield the attachments of VPCs."""
    every = view.cloud.network.transit_gateway_attachments.values()
    return (one for one in every if one.kind is AttachmentKind.VPC)


def vpc_attachment(view: View, one: TransitGatewayAttachment) -> Record:
    """Return the record of an attachment of a VPC."""
    said = view.said(one.id).get("Options") or {}
    return {
        "TransitGatewayId": view.id(one.transit_gateway_id),
        "VpcId": view.id(one.resource_id),
        "VpcOwnerId": view.cloud.account_id,
        "State": "available",
        "SubnetIds": view.ids(one.subnet_ids),
        "CreationTime": SOME_TIME,
        "Options": {name: said.get(name) or value for name, value in OPTIONS_OF_VPC.items()},
    }


def attachment(view: View, one: TransitGatewayAttachment) -> Record:
    """Return the record of an attachment of whatever kind."""
    tables = view.cloud.network.transit_gateway_route_tables.values()
    table = next((table for table in tables if one.id in table.associations), None)
    return {
        **end(view, one),
        "TransitGatewayId": view.id(one.transit_gateway_id),
        "TransitGatewayOwnerId": view.cloud.account_id,
        "ResourceOwnerId": view.cloud.account_id,
        "State": "available",
        "Association": {"TransitGatewayRouteTableId": view.id(table.id), "State": "associated"} if table else None,
        "CreationTime": SOME_TIME,
    }


def end(view: View, one: TransitGatewayAttachment) -> Record:
    """Return an attachment as routes, associations and propagations name it."""
    return {
        "TransitGatewayAttachmentId": view.id(one.id), "ResourceType": str(one.kind), "ResourceId": view.id(one.resource_id),
    }  # fmt: skip


def route_table(view: View, table: TransitGatewayRouteTable) -> Record:
    """Return the record of a route table."""
    said = view.said(table.transit_gateway_id)
    default = table.id == f"{table.transit_gateway_id}.default"
    return {
        "TransitGatewayId": view.id(table.transit_gateway_id),
        "State": "available",
        "DefaultAssociationRouteTable": default and said.get("DefaultRouteTableAssociation") != "disable",
        "DefaultPropagationRouteTable": default and said.get("DefaultRouteTablePropagation") != "disable",
        "CreationTime": SOME_TIME,
    }


def routes(view: View, table: TransitGatewayRouteTable) -> Iterator[Record]:
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
