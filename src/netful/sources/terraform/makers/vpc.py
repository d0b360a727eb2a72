"""The account's default VPC and its subnets in a plan, addresses of interfaces, endpoints, and flow logs."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown
from netful.sources.terraform.plan.blocks import blocks_of, several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.plan.references import after_apply
from netful.sources.terraform.template_references import name_of
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.rows import single

_DEFAULT_BLOCK = "172.31.0.0/16"
"""Block of every default VPC."""


_ATTACHMENT = single("", "device_index", {"instance": "InstanceId"})


def _ipv6_block(making: Translation, resource: Planned) -> None:
    """Add the IPv6 block that AWS gives to a VPC, or the one of a pool."""
    generated, pool = resource.values.get("assign_generated_ipv6_cidr_block"), resource.values.get("ipv6_ipam_pool_id")
    if generated or pool:
        properties = {
            "VpcId": {"Ref": resource.address},
            "Ipv6CidrBlock": resource.values.get("ipv6_cidr_block") or None,
        }
        given = {"AmazonProvidedIpv6CidrBlock": True} if generated else {"Ipv6IpamPoolId": pool}
        making.put(resource, "AWS::EC2::VPCCidrBlock", properties | given, ".ipv6_cidr_block")


def _default_vpc(making: Translation, resource: Planned) -> None:
    """Add the default VPC with what it has: both DNS settings, an internet gateway, a main table with a route to it."""
    vpc, gateway = {"Ref": resource.address}, {"Ref": f"{resource.address}.gateway"}
    named = {"EnableDnsSupport": "enable_dns_support", "EnableDnsHostnames": "enable_dns_hostnames"}
    settings = {property_: resource.values.get(name) is not False for property_, name in named.items()}
    making.put(resource, "AWS::EC2::VPC", {"CidrBlock": _DEFAULT_BLOCK, **settings})
    _ipv6_block(making, resource)
    making.put(resource, "AWS::EC2::InternetGateway", {}, ".gateway")
    attachment = {"VpcId": vpc, "InternetGatewayId": gateway}
    making.put(resource, "AWS::EC2::VPCGatewayAttachment", attachment, ".attachment")
    table = {"Fn::GetAtt": [resource.address, "Netful::MainRouteTable"]}
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    making.put(resource, "AWS::EC2::Route", route, ".route")


def _default_subnet(making: Translation, resource: Planned) -> None:
    """Add a default subnet. Its block is AWS's choice, known only after apply."""
    place = f"{resource.address}.cidr_block"
    vpc = next(iter(making.every("aws_default_vpc")), None)
    properties = {
        "VpcId": {"Ref": vpc.address} if vpc else Unknown("the default VPC is not in the plan", ("the default VPC",)),
        "CidrBlock": resource.values.get("cidr_block") or Unknown(f"`{place}` is known only after apply", (place,)),
        "AvailabilityZone": making.value(resource, "availability_zone"),
        "MapPublicIpOnLaunch": resource.values.get("map_public_ip_on_launch", True),
    }
    more = making.named(resource, "ipv6_cidr_block ipv6_native assign_ipv6_address_on_creation enable_dns64")
    making.put(resource, "AWS::EC2::Subnet", {**properties, **more})


def _addresses(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the addresses that a plan gives to an interface: its primary one first."""
    written = resource.values.get("private_ip_list") or making.value(resource, "private_ips") or ()
    addresses = [{"PrivateIpAddress": one, "Primary": not at} for at, one in enumerate(written) if isinstance(one, str)]
    return {**({"PrivateIpAddresses": addresses} if addresses else {}), **ipv6_addresses(making, resource)}


def ipv6_addresses(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the IPv6 addresses that a plan gives to an interface or an instance."""
    written = several(making.value(resource, "ipv6_addresses"))
    return {"Ipv6Addresses": [{"Ipv6Address": one} for one in written]} if written else {}


def _attached(making: Translation, resource: Planned) -> None:
    """Attach an interface to the instances that its blocks name."""
    for number, block in enumerate(blocks_of(resource, "attachment")):
        attachment = making.shaped(resource, _ATTACHMENT, block)
        properties = {"NetworkInterfaceId": {"Ref": resource.address}, **attachment}
        making.put(resource, "AWS::EC2::NetworkInterfaceAttachment", properties, f".attachment[{number}]")


def _endpoint(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the groups and the private DNS of an endpoint that its arguments do not have."""
    return {**_default_group(making, resource), **_endpoint_dns(making, resource)}


def _default_group(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the default group of its VPC, which an endpoint without groups has beside those associated with it, unless one replaces it."""
    every = making.every("aws_vpc_endpoint_security_group_association")
    own = [one for one in every if making.value(one, "vpc_endpoint_id") == {"Ref": resource.address}]
    replaced = [one for one in own if one.values.get("replace_default_association")]
    if not own or replaced or making.value(resource, "security_group_ids"):
        return {}
    vpc, place = making.value(resource, "vpc_id"), f"{resource.address}.security_group_ids"
    default = {"Fn::GetAtt": [name_of(vpc), "DefaultSecurityGroup"]} if isinstance(vpc, dict) else after_apply(place)
    return {"SecurityGroupIds": [default]}


def _endpoint_dns(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the private DNS of an endpoint; a gateway endpoint has none, whatever its expression is.

    The provider sends false where a `dns_options` block leaves out that it is for inbound resolver endpoints alone.
    """
    gateway = resource.values.get("vpc_endpoint_type") in (None, "Gateway")
    dns = {"PrivateDnsEnabled": not gateway and (making.value(resource, "private_dns_enabled") or False)}
    for options in resource.values.get("dns_options") or ():
        if options and options.get("private_dns_only_for_inbound_resolver_endpoint") is None:
            given = {"DnsRecordIpType": options.get("dns_record_ip_type")}
            dns["DnsOptions"] = {**given, "PrivateDnsOnlyForInboundResolverEndpoint": False}
    return dns


_LOGGED = {
    "vpc_id": "VPC", "subnet_id": "Subnet", "eni_id": "NetworkInterface", "transit_gateway_id": "TransitGateway",
    "transit_gateway_attachment_id": "TransitGatewayAttachment", "regional_nat_gateway_id": "RegionalNatGateway",
}  # fmt: skip


def _logged(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the resource of a flow log: the argument that names it says its type."""
    named = [(kind, value) for name, kind in _LOGGED.items() if (value := making.value(resource, name)) is not None]
    return {"ResourceType": named[-1][0], "ResourceId": named[-1][1]} if named else {}


MAKERS: Mapping[str, Maker] = {
    "aws_vpc": _ipv6_block,
    "aws_default_vpc": _default_vpc,
    "aws_default_subnet": _default_subnet,
    "aws_network_interface": _attached,
}
COMPLETIONS: Mapping[str, Completion] = {
    "aws_flow_log": _logged,
    "aws_network_interface": _addresses,
    "aws_vpc_endpoint": _endpoint,
}
