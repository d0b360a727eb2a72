"""Described VPC endpoints and endpoint services, as the resources of a template."""

from collections.abc import Iterator
from typing import Any

from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.load_balancers import name_of
from netful.sources.described.network.gateways import GONE


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the endpoints, and the services that this account offers to others' endpoints."""
    for item in description.of("VpcEndpoints"):
        if item.text("State").lower() not in (*GONE, "pendingacceptance"):
            options, own = item.part("DnsOptions"), item.text("IpAddressType")
            there = item.text("ServiceRegion")
            properties = {
                **_of_interfaces(item),
                **item.data,
                "ServiceName": item.text("ServiceName"),
                "ServiceRegion": None if there in ("", description.region) else there,
                "DnsOptions": {
                    name: value for name, value in options.data.items() if (name, value) != ("DnsRecordIpType", own)
                },
            }
            yield item.text("VpcEndpointId"), "AWS::EC2::VPCEndpoint", item, properties
    for item in description.of("ServiceConfigurations"):
        balancers = (*item.texts("NetworkLoadBalancerArns"), *item.texts("GatewayLoadBalancerArns"))
        properties = {**item.data, "NetworkLoadBalancerArns": [*map(name_of, balancers)]}
        properties["AcceptanceRequired"] = item.flag("AcceptanceRequired")
        yield item.text("ServiceId"), "AWS::EC2::VPCEndpointService", item, properties


def _of_interfaces(item: Item) -> dict[str, Any]:
    """Return what an endpoint with interfaces has, which AWS always describes."""
    groups = [group.text("GroupId") for group in item.parts("Groups")]
    if item.text("VpcEndpointType") != "Interface":
        return {"PrivateDnsEnabled": False, "SecurityGroupIds": groups}
    own = {"PrivateDnsEnabled": "PrivateDnsEnabled", "SecurityGroupIds": "Groups"}
    unknown = {key: item.left_out(name, "VpcEndpointId") for key, name in own.items() if name not in item.data}
    return {"SecurityGroupIds": groups, **unknown}
