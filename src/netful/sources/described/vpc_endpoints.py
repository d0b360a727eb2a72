"""Described VPC endpoints, and endpoint services."""

import json
from typing import Any

from netful.model.names.service_names import service_code
from netful.model.network.vpc_endpoints import ADDRESS_TYPES, EndpointType, VpcEndpoint, VpcEndpointService
from netful.sources.described.files import Description
from netful.sources.described.gateways import GONE
from netful.sources.described.item import Item
from netful.sources.described.load_balancers import name_of
from netful.sources.files.complaint import fail
from netful.sources.files.json_text import from_json
from netful.sources.parts import PartReader

_ENDPOINT_TYPES = {kind.value: kind for kind in EndpointType}


def vpc_endpoints(description: Description) -> dict[str, VpcEndpoint]:
    """Return the endpoints."""
    found = {}
    for item in description.of("VpcEndpoints"):
        if item.text("State").lower() in (*GONE, "pendingacceptance"):
            continue
        id_, service_name = item.text("VpcEndpointId"), item.text("ServiceName")
        found[id_] = VpcEndpoint(
            id=id_,
            vpc_id=item.text("VpcId"),
            service_name=service_name,
            service=service_code(service_name),
            type=_ENDPOINT_TYPES.get(item.text("VpcEndpointType"), EndpointType.OTHER),
            subnet_ids=item.texts("SubnetIds"),
            security_group_ids=tuple(group.text("GroupId") for group in item.parts("Groups")),
            route_table_ids=item.texts("RouteTableIds"),
            private_dns_enabled=item.flag("PrivateDnsEnabled"),
            private_dns_only_for_inbound_resolver=item.part("DnsOptions").flag(
                "PrivateDnsOnlyForInboundResolverEndpoint"
            ),
            ip_address_type=item.text("IpAddressType") if item.text("IpAddressType") in ADDRESS_TYPES else "",
            service_region=item.text("ServiceRegion") if item.text("ServiceRegion") != description.region else "",
            dns_record_ip_type=_record_type(
                item.part("DnsOptions").text("DnsRecordIpType"), item.text("IpAddressType")
            ),
            policy_document=_policy(item),
            origin=item.origin,
        )
    return found


def _record_type(record_type: str, address_type: str) -> str:
    """Return the type of the addresses that an endpoint's names have; "" for that of the endpoint."""
    return record_type if record_type in ADDRESS_TYPES and record_type != address_type else ""


def vpc_endpoint_services(description: Description) -> dict[str, VpcEndpointService]:
    """Return the services that this account offers to others' endpoints."""
    found = {}
    for item in description.of("ServiceConfigurations"):
        id_ = item.text("ServiceId")
        balancers = (*item.texts("NetworkLoadBalancerArns"), *item.texts("GatewayLoadBalancerArns"))
        found[id_] = VpcEndpointService(
            id=id_,
            service_name=item.text("ServiceName") or f"com.amazonaws.vpce.{description.region}.{id_}",
            load_balancer_ids=tuple(map(name_of, balancers)),
            acceptance_required=item.flag("AcceptanceRequired"),
            private_dns_name=item.text("PrivateDnsName") or None,
            origin=item.origin,
        )
    return found


def _policy(item: Item) -> dict[str, Any] | None:
    value = item.data.get("PolicyDocument")
    if isinstance(value, str) and value:
        try:
            value = from_json(value)
        except json.JSONDecodeError:
            fail(f"`PolicyDocument` of `{item.text('VpcEndpointId')}` is not JSON", item.origin)
    return value if isinstance(value, dict) else None


READERS = (PartReader("vpc_endpoints", vpc_endpoints), PartReader("vpc_endpoint_services", vpc_endpoint_services))
