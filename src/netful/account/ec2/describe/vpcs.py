"""VPCs and subnets as `DescribeVpcs` and `DescribeSubnets` return them."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import known_parts
from netful.model.network.availability_zones import zone_ids
from netful.model.network.vpc import Subnet, Vpc

NAMES_ON_LAUNCH = "PrivateDnsNameOptionsOnLaunch"
OF_VPC, OF_SUBNET = "AWS::EC2::VPCCidrBlock", "AWS::EC2::SubnetCidrBlock"
"""The types of further blocks of a VPC, and of IPv6 blocks of a subnet."""

RESERVED_ADDRESSES = 5
"""Addresses of a subnet that AWS keeps: network, router, resolver, future use, broadcast."""


def vpc(view: View, vpc: Vpc) -> Record:
    """Return the record of a VPC."""
    blocks = [block for block in vpc.cidr_blocks if isinstance(block, IPv4Network)]
    return {
        "OwnerId": vpc.owner_id or view.cloud.account_id,
        "CidrBlock": str(blocks[0]) if blocks else None,
        "CidrBlockAssociationSet": [*_associations(view, vpc, blocks)],
        "Ipv6CidrBlockAssociationSet": [*_ipv6_associations(view, vpc)],
        "DhcpOptionsId": _dhcp_options(view, vpc),
        "InstanceTenancy": "default",
        "IsDefault": view.is_default(vpc.id),
        "State": "available",
    }


def _dhcp_options(view: View, vpc: Vpc) -> str | None:
    """Return the DHCP options of a VPC; `default` has those of AWS."""
    found = (one.id for one in view.cloud.names.dhcp_options.values() if vpc.id in one.vpc_ids)
    return view.id(next(found, "default"))


def _associations(view: View, vpc: Vpc, blocks: Sequence[IPv4Network]) -> Iterator[Record]:
    further = [str(view.id(one.id)) for one in view.referring(OF_VPC, VpcId=vpc.id) if one.properties.get("CidrBlock")]
    end = str(view.id(vpc.id)).removeprefix("vpc-")
    for number, block in enumerate(blocks):
        own = further[number - 1] if 0 < number <= len(further) else f"vpc-cidr-assoc-{end}"
        yield {"AssociationId": own, "CidrBlock": str(block), "CidrBlockState": {"State": "associated"}}


def _ipv6_associations(view: View, vpc: Vpc) -> Iterator[Record]:
    further = [
        str(view.id(one.id)) for one in view.referring(OF_VPC, VpcId=vpc.id) if not one.properties.get("CidrBlock")
    ]
    end = str(view.id(vpc.id)).removeprefix("vpc-")
    for number, block in enumerate(vpc.ipv6_cidr_blocks):
        own = further[number] if number < len(further) else f"vpc-cidr-assoc-{end}"
        yield {**ipv6_association(own, block), "Ipv6Pool": "Amazon", "NetworkBorderGroup": view.cloud.region}


def ipv6_association(id_: str, block: object) -> Record:
    """Return the association of an IPv6 block."""
    return {"AssociationId": id_, "Ipv6CidrBlock": str(block), "Ipv6CidrBlockState": {"State": "associated"}}


def subnet(view: View, subnet: Subnet) -> Record:
    """Return the record of a subnet."""
    ipv4 = isinstance(subnet.cidr_block, IPv4Network)
    return {
        "SubnetArn": view.arn("subnet", subnet.id),
        "VpcId": view.id(subnet.vpc_id),
        "OwnerId": view.cloud.account_id,
        "CidrBlock": str(subnet.cidr_block) if ipv4 else None,
        "Ipv6Native": subnet.ipv6_native,
        "Ipv6CidrBlockAssociationSet": [*_subnet_ipv6(view, subnet)],
        "AvailabilityZone": view.id(subnet.availability_zone),
        "AvailabilityZoneId": zone_ids(view.cloud.region).get(str(subnet.availability_zone)),
        "AvailableIpAddressCount": _free(view, subnet),
        "AssignIpv6AddressOnCreation": subnet.assign_ipv6_address_on_creation,
        "DefaultForAz": view.is_default(subnet.id),
        "EnableDns64": subnet.enable_dns64,
        "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
        "PrivateDnsNameOptionsOnLaunch": _launch_names(view, subnet),
        "State": "available",
    }


def _launch_names(view: View, subnet: Subnet) -> Record:
    usual = {
        "HostnameType": "resource-name" if subnet.ipv6_native else "ip-name",
        "EnableResourceNameDnsARecord": False,
        "EnableResourceNameDnsAAAARecord": False,
    }
    own = view.said(subnet.id).get(NAMES_ON_LAUNCH)
    return {**usual, **(known_parts(own) if isinstance(own, Mapping) else {})}


def _subnet_ipv6(view: View, subnet: Subnet) -> Iterator[Record]:
    if subnet.ipv6_cidr_block is not None:
        own = view.association(OF_SUBNET, SubnetId=subnet.id)
        id_ = own or f"subnet-cidr-assoc-{str(view.id(subnet.id)).removeprefix('subnet-')}"
        yield ipv6_association(id_, subnet.ipv6_cidr_block)


def _free(view: View, subnet: Subnet) -> int:
    """Return the number of free IPv4 addresses."""
    if not isinstance(subnet.cidr_block, IPv4Network):
        return 0
    enis = [eni for eni in view.cloud.network.network_interfaces.values() if eni.subnet_id == subnet.id]
    used = sum(1 + len(eni.secondary_private_ip_addresses) for eni in enis if eni.private_ip_address)
    return max(0, subnet.cidr_block.num_addresses - RESERVED_ADDRESSES - used)
