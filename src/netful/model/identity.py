"""AWS's ids of the things of a cloud: derived, so that a prediction, a restart and a running stack agree.

An id is a prefix and a hash of account, region and name (a logical id, with its stack before it where several stacks are
loaded): the form that AWS gives (control-plane §3.6). What bears an id of AWS already, as in a described account, keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from netful.model.cloud import Cloud

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
}
"""The prefixes of EC2's ids, by part of the cloud."""

_OF_TYPE = {
    "AWS::EC2::SubnetRouteTableAssociation": "rtbassoc",
    "AWS::EC2::GatewayRouteTableAssociation": "rtbassoc",
    "AWS::EC2::SubnetNetworkAclAssociation": "aclassoc",
    "AWS::EC2::EIPAssociation": "eipassoc",
    "AWS::EC2::VPCCidrBlock": "vpc-cidr-assoc",
}
"""The prefixes of resources that are no part of the cloud themselves."""

_DIGITS = 17
_OF_AWS = re.compile(r"[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}")


def ec2_id(prefix: str, account_id: str, region: str, name: str) -> str:
    """Return the id of a thing: its name where that is an id of AWS, else one derived from it."""
    if name.startswith(f"{prefix}-") and _OF_AWS.fullmatch(name):
        return name
    return f"{prefix}-{sha256(f'{account_id}/{region}/{prefix}/{name}'.encode()).hexdigest()[:_DIGITS]}"


def ec2_ids(cloud: Cloud) -> Mapping[str, str]:
    """Return the ids of everything in EC2's network, and of the rules of its groups, by the names in the cloud."""
    made = {
        name: ec2_id(prefix, cloud.account_id, cloud.region, name)
        for part, prefix in PREFIXES.items()
        for name in cloud.part(part)
    }
    rules = {
        rule.id: ec2_id("sgr", cloud.account_id, cloud.region, rule.id)
        for group in cloud.network.security_groups.values()
        for rule in (*group.ingress, *group.egress)
    }
    others = {
        one.id: ec2_id(_OF_TYPE[one.type], cloud.account_id, cloud.region, one.id)
        for one in cloud.template.resources.values()
        if one.type in _OF_TYPE
    }
    return {**rules, **others, **made}
