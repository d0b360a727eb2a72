"""VPCs and subnets as `DescribeVpcs` and `DescribeSubnets` return them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from netful.account.ec2.view import View
from netful.model.network.vpc import Subnet, Vpc

RESERVED_ADDRESSES = 5
"""Addresses of a subnet that AWS keeps: network, router, resolver, future use, broadcast."""


def vpcs(view: View) -> Iterator[dict[str, Any]]:
    """Yield the VPCs."""
    for vpc in view.cloud.network.vpcs.values():
        blocks = [block for block in vpc.cidr_blocks if isinstance(block, IPv4Network)]
        yield {
            "VpcId": view.id(vpc.id),
            "OwnerId": vpc.owner_id or view.cloud.account_id,
            "CidrBlock": str(blocks[0]) if blocks else None,
            "CidrBlockAssociationSet": [_association(vpc, n, block) for n, block in enumerate(blocks)],
            "Ipv6CidrBlockAssociationSet": [_ipv6_association(vpc, block) for block in vpc.ipv6_cidr_blocks],
            "DhcpOptionsId": "default",
            "InstanceTenancy": "default",
            "IsDefault": view.is_default(vpc.id),
            "State": "available",
            "Tags": view.tags(vpc.id),
        }


def _association(vpc: Vpc, number: int, block: IPv4Network) -> dict[str, Any]:
    return {
        "AssociationId": f"vpc-cidr-assoc-{vpc.id.removeprefix('vpc-')}-{number}",
        "CidrBlock": str(block),
        "CidrBlockState": {"State": "associated"},
    }


def _ipv6_association(vpc: Vpc, block: object) -> dict[str, Any]:
    return {
        "AssociationId": f"vpc-cidr-assoc-{vpc.id.removeprefix('vpc-')}-ipv6",
        "Ipv6CidrBlock": str(block),
        "Ipv6CidrBlockState": {"State": "associated"},
        "Ipv6Pool": "Amazon",
    }


def subnets(view: View) -> Iterator[dict[str, Any]]:
    """Yield the subnets."""
    cloud = view.cloud
    for subnet in cloud.network.subnets.values():
        ipv4 = isinstance(subnet.cidr_block, IPv4Network)
        yield {
            "SubnetId": view.id(subnet.id),
            "SubnetArn": f"arn:aws:ec2:{cloud.region}:{cloud.account_id}:subnet/{view.id(subnet.id)}",
            "VpcId": view.id(subnet.vpc_id),
            "OwnerId": cloud.account_id,
            "CidrBlock": str(subnet.cidr_block) if ipv4 else None,
            "Ipv6Native": not ipv4,
            "Ipv6CidrBlockAssociationSet": [*_subnet_ipv6(subnet)],
            "AvailabilityZone": view.id(subnet.availability_zone),
            "AvailableIpAddressCount": _free(view, subnet),
            "AssignIpv6AddressOnCreation": subnet.assign_ipv6_address_on_creation,
            "DefaultForAz": view.is_default(subnet.id),
            "EnableDns64": False,
            "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name",
                "EnableResourceNameDnsARecord": False,
                "EnableResourceNameDnsAAAARecord": False,
            },
            "State": "available",
            "Tags": view.tags(subnet.id),
        }


def _subnet_ipv6(subnet: Subnet) -> Iterator[dict[str, Any]]:
    if subnet.ipv6_cidr_block is not None:
        yield {
            "AssociationId": f"subnet-cidr-assoc-{subnet.id.removeprefix('subnet-')}",
            "Ipv6CidrBlock": str(subnet.ipv6_cidr_block),
            "Ipv6CidrBlockState": {"State": "associated"},
        }


def _free(view: View, subnet: Subnet) -> int:
    """Return the number of free IPv4 addresses."""
    if not isinstance(subnet.cidr_block, IPv4Network):
        return 0
    enis = [eni for eni in view.cloud.network.network_interfaces.values() if eni.subnet_id == subnet.id]
    used = sum(1 + len(eni.secondary_private_ip_addresses) for eni in enis if eni.private_ip_address)
    return max(0, subnet.cidr_block.num_addresses - RESERVED_ADDRESSES - used)
