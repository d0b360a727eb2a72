"""AWS's ids of the things of a cloud: derived, so that a prediction, a restart and a running stack agree.

Rules:
1. An id is a form of AWS filled by a hash of account, region and name. The name is the logical id, with its stack before it
   where several stacks are loaded.
2. A thing that has an id of AWS already, as in a described account or in a plan of what is deployed, keeps it.
3. The cloud's own keys are names. `Cloud.aws_ids` maps them to these ids, `Cloud.named` maps ids back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from netful.model.core import Resource
from netful.model.names.distributions import SERVICE_GROUP
from netful.model.names.generated.id_forms import RESOLVER_ENDPOINT, form_of, formed, letters
from netful.model.resource_arns import ARN_TYPES, arn_of, is_balancing_arn

PREFIXES = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "route_tables": "rtb",
    "prefix_lists": "pl",
    "internet_gateways": "igw",
    "egress_only_internet_gateways": "eigw",
    "vpn_gateways": "vgw",
    "elastic_ips": "eipalloc",
    "nat_gateways": "nat",
    "vpc_peering_connections": "pcx",
    "security_groups": "sg",
    "network_acls": "acl",
    "vpc_endpoints": "vpce",
    "vpc_endpoint_services": "vpce-svc",
    "network_interfaces": "eni",
    "transit_gateways": "tgw",
    "transit_gateway_attachments": "tgw-attach",
    "transit_gateway_route_tables": "tgw-rtb",
    "vpn_connections": "vpn",
    "dhcp_options": "dopt",
    "flow_logs": "fl",
}
"""The prefixes of EC2's ids, by part of the cloud."""

_EC2_TYPES = {
    "CustomerGateway": "cgw",
    "DHCPOptions": "dopt",
    "EgressOnlyInternetGateway": "eigw",
    "EIP": "eipalloc",
    "EIPAssociation": "eipassoc",
    "FlowLog": "fl",
    "GatewayRouteTableAssociation": "rtbassoc",
    "Instance": "i",
    "InstanceConnectEndpoint": "eice",
    "InternetGateway": "igw",
    "LaunchTemplate": "lt",
    "NatGateway": "nat",
    "NetworkAcl": "acl",
    "NetworkInsightsAccessScope": "nis",
    "NetworkInsightsAccessScopeAnalysis": "nisa",
    "NetworkInsightsAnalysis": "nia",
    "NetworkInsightsPath": "nip",
    "NetworkInterface": "eni",
    "NetworkInterfaceAttachment": "eni-attach",
    "PrefixList": "pl",
    "RouteTable": "rtb",
    "SecurityGroup": "sg",
    "SecurityGroupEgress": "sgr",
    "SecurityGroupIngress": "sgr",
    "Subnet": "subnet",
    "SubnetCidrBlock": "subnet-cidr-assoc",
    "SubnetNetworkAclAssociation": "aclassoc",
    "SubnetRouteTableAssociation": "rtbassoc",
    "TransitGateway": "tgw",
    "TransitGatewayAttachment": "tgw-attach",
    "TransitGatewayConnect": "tgw-attach",
    "TransitGatewayPeeringAttachment": "tgw-attach",
    "TransitGatewayRouteTable": "tgw-rtb",
    "TransitGatewayVpcAttachment": "tgw-attach",
    "VPC": "vpc",
    "VPCBlockPublicAccessExclusion": "vpcbpa-exclude",
    "VPCCidrBlock": "vpc-cidr-assoc",
    "VPCEndpoint": "vpce",
    "VPCEndpointService": "vpce-svc",
    "VPCPeeringConnection": "pcx",
    "VPNConnection": "vpn",
    "VPNGateway": "vgw",
    "Volume": "vol",
}
_OF_TYPE = {f"AWS::EC2::{name}": prefix for name, prefix in _EC2_TYPES.items()} | {
    "AWS::NetworkFirewall::VpcEndpointAssociation": "vpce"
}
"""The prefixes of EC2's ids, by type of resource."""

_APIS = {"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"}
_PARTS_OF_APIS = {
    *(f"AWS::ApiGateway::{name}" for name in (
        "Authorizer", "ClientCertificate", "Deployment", "DocumentationPart", "RequestValidator", "Resource", "UsagePlan",
        "VpcLink",
    )),
    *(f"AWS::ApiGatewayV2::{name}" for name in (
        "ApiMapping", "Authorizer", "Deployment", "Integration", "IntegrationResponse", "Model", "Route", "RouteResponse",
        "VpcLink",
    )),
}  # fmt: skip

CLUSTER_GROUP, REMOTE_ACCESS_GROUP = "ClusterSecurityGroupId", "RemoteAccess"
"""Ends of the names of the groups that EKS makes with a cluster, and with a node group for SSH."""

MADE_WITH: Mapping[str, Mapping[str, str]] = {
    "AWS::EC2::VPC": {"default": "sg", "default-acl": "acl", "main": "rtb", SERVICE_GROUP: "sg"},
    "AWS::EC2::NatGateway": {"routes": "rtb"},
    "AWS::EC2::TransitGateway": {"default": "tgw-rtb"},
    "AWS::ApiGateway::RestApi": {"root": ""},
    "AWS::EKS::Cluster": {CLUSTER_GROUP: "sg"},
    "AWS::EKS::Nodegroup": {REMOTE_ACCESS_GROUP: "sg"},
}
"""Things that AWS makes with a resource, by the ends of their names in the cloud (`RESOURCE.default`), with the prefixes of their ids."""

FIREWALL = "AWS::NetworkFirewall::Firewall"
"""Type with which AWS makes an endpoint in each subnet (`RESOURCE.endpoint1`, in the order of `SubnetMappings`)."""

_DIGITS = 17
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_API, _PART_OF_API = re.compile(r"[a-z0-9]{10}"), re.compile(r"[a-z0-9]{6}")
_GIVEN_BY_API_GATEWAY = re.compile(r"[a-z0-9]{4,12}")
_END_OF_AWS = re.compile(r"[0-9a-f]{8,17}")


def is_ec2_id(text: str) -> bool:
    """Return whether a text has the form of an id of EC2."""
    return _END_OF_AWS.fullmatch(text.rpartition("-")[2]) is not None


def ec2_id(prefix: str, account_id: str, region: str, name: str) -> str:
    """Return the id of a thing: its name where that is an id of AWS, else one derived from it."""
    if name.startswith(f"{prefix}-") and _END_OF_AWS.fullmatch(name.removeprefix(f"{prefix}-")):
        return name
    return f"{prefix}-{sha256(f'{account_id}/{region}/{prefix}/{name}'.encode()).hexdigest()[:_DIGITS]}"


def id_of(kind: str, account_id: str, region: str, name: str, property_: Callable[[str], Any]) -> str | None:
    """Return the id of a resource of a type; None if such resources have no id of their own.

    `property_` returns its properties, which are parts of some ids.
    """
    if kind in _APIS:
        return api_id(account_id, region, name)
    if kind in _PARTS_OF_APIS:
        return short_id(name)
    if kind in ARN_TYPES:
        return arn_of(kind, account_id, region, name, property_)
    form = form_of(kind, property_("Direction") if kind == RESOLVER_ENDPOINT else None)
    if form is not None:
        return formed(form, account_id, region, name)
    return ec2_id(_OF_TYPE[kind], account_id, region, name) if kind in _OF_TYPE else None


def id_made_with(kind: str, suffix: str, account_id: str, region: str, name: str) -> str:
    """Return the id of a thing that AWS makes with a resource, by the end of its name in the cloud."""
    prefix, own = MADE_WITH[kind][suffix], f"{name}.{suffix}"
    return ec2_id(prefix, account_id, region, own) if prefix else short_id(own)


def firewall_endpoint_id(account_id: str, region: str, name: str, number: int) -> str:
    """Return the id of a firewall's endpoint by the number of its subnet."""
    return ec2_id("vpce", account_id, region, f"{name}.endpoint{number}")


def api_id(account_id: str, region: str, name: str) -> str:
    """Return the id of an API: ten letters and digits."""
    return name if _API.fullmatch(name) else letters(f"{account_id}/{region}/api/{name}", _LOWER, 10)


@lru_cache(1024)
def short_id(name: str) -> str:
    """Return the id of a part of an API, such as a resource or a deployment: six letters and digits."""
    return name if _PART_OF_API.fullmatch(name) else letters(name, _LOWER, 6)


def seed(name: str, generation: int) -> str:
    """Return the text from which the id of a resource follows: its name, and how often it was replaced."""
    return f"{name}/{generation}" if generation else name


def has_id(kind: str) -> bool:
    """Return whether resources of a type have an id of their own."""
    own = kind in _APIS or kind in _PARTS_OF_APIS or kind in _OF_TYPE
    return own or kind in ARN_TYPES or form_of(kind) is not None


def is_id_of(kind: str, account_id: str, region: str, text: str) -> bool:
    """Return whether a text may be the id that AWS gave to a resource of a type."""
    if kind in _APIS or kind in _PARTS_OF_APIS:
        return _GIVEN_BY_API_GATEWAY.fullmatch(text) is not None
    if kind in ARN_TYPES:
        return is_balancing_arn(kind, text)
    return id_of(kind, account_id, region, text, lambda _: None) == text


def ids_of(resources: Mapping[str, Resource], account_id: str, region: str) -> dict[str, str]:
    """Return the ids of resources, and of the things that AWS makes with them, by their names in the cloud."""
    return {
        name: id_
        for one in resources.values()
        for name, id_ in _ids_with(one, one.account_id or account_id, one.region or region)
    }


def _ids_with(resource: Resource, account_id: str, region: str) -> Iterator[tuple[str, str]]:
    name = seed(resource.id, resource.generation)
    own = resource.given_id or id_of(resource.type, account_id, region, name, resource.properties.get)
    if own is not None:
        yield resource.id, own
    for suffix in MADE_WITH.get(resource.type, ()):
        yield f"{resource.id}.{suffix}", id_made_with(resource.type, suffix, account_id, region, name)
    mappings = resource.properties.get("SubnetMappings") if resource.type == FIREWALL else None
    for number, _ in enumerate(mappings if isinstance(mappings, list) else (), 1):
        yield f"{resource.id}.endpoint{number}", firewall_endpoint_id(account_id, region, name, number)
