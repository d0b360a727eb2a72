"""VPCs, subnets and prefix lists (spec: vpc-network §1)."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netful.model.core import Identified, Maybe, Unknown

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
DEFAULT_STACK = "aws.default-vpc"
"""The stack of what AWS makes for an account: the name of its template's file."""

ANYWHERE, ANYWHERE_IPV6 = IPv4Network((0, 0)), IPv6Network((0, 0))

IPV6_ONLY = Unknown("the subnet has IPv6 addresses only")
"""The IPv4 block of a subnet without one."""


class Vpc(Identified):
    """A virtual private cloud. The first of `cidr_blocks` is the primary block; its base + 2 is the resolver.

    `hostnames_doubt` is why `enable_dns_hostnames` is not known; it is False then. `dedicated` is its default tenancy.
    """

    cidr_blocks: tuple[Maybe[IPv4Network], ...]
    ipv6_cidr_blocks: tuple[Maybe[IPv6Network], ...] = ()
    enable_dns_support: bool = True
    enable_dns_hostnames: bool = False
    region: str = "us-east-1"
    owner_id: str = ""
    hostnames_doubt: Unknown | None = None
    dedicated: bool = False

    @property
    def blocks(self) -> tuple[Maybe[IPNetwork], ...]:
        """The blocks of both families, the primary one first."""
        return (*self.cidr_blocks, *self.ipv6_cidr_blocks)

    @property
    def known_blocks(self) -> list[IPNetwork]:
        """The blocks of both families that are known."""
        return [block for block in self.blocks if not isinstance(block, Unknown)]


def is_within(block: object, other: object) -> bool:
    """Return whether a known block is a part of another known one, or the same."""
    if isinstance(block, IPv4Network):
        return isinstance(other, IPv4Network) and block.subnet_of(other)
    return isinstance(block, IPv6Network) and isinstance(other, IPv6Network) and block.subnet_of(other)


def blocks_overlap(one: Vpc | None, other: Vpc | None) -> bool:
    """Return whether known blocks of two VPCs overlap: AWS does not peer them then (§7.1)."""
    if one is None or other is None:
        return False
    return any(
        block.overlaps(another)
        for block in one.blocks
        for another in other.blocks
        if isinstance(block, IPv4Network | IPv6Network) and type(block) is type(another)
    )


class ZoneSource(StrEnum):
    """The form in which the availability zone of a subnet is written: its name, its id, or none."""

    NAME = "name"
    ID = "id"
    NONE = "none"


_RESERVED = 5


class Subnet(Identified):
    """A subnet: one availability zone, one IPv4 block inside the VPC's, unless it is IPv6-only.

    `enable_dns64`: the resolver answers its interfaces with addresses of NAT64 for names that have only IPv4 ones. `refusal` is why AWS
    does not create it: its block overlaps that of another subnet, or lies outside its VPC. Then the block is unknown.
    A zone that is not written by name (`zone_source`) is netful's choice.
    """

    vpc_id: Maybe[str]
    cidr_block: Maybe[IPv4Network]
    ipv6_cidr_block: Maybe[IPv6Network] | None = None
    availability_zone: Maybe[str] = ""
    map_public_ip_on_launch: bool = False
    assign_ipv6_address_on_creation: bool = False
    enable_dns64: bool = False
    refusal: str = ""
    zone_source: ZoneSource = ZoneSource.NAME

    @property
    def zone(self) -> str:
        """The availability zone; "" if it is not known."""
        return self.availability_zone if isinstance(self.availability_zone, str) else ""

    def shares_zone(self, other: "Subnet") -> bool | None:
        """Return whether another subnet is in the same zone; None if the two cannot be compared as they are written."""
        if self.id == other.id:
            return True
        alike = self.zone_source is other.zone_source is not ZoneSource.NONE
        return self.zone == other.zone if alike and self.zone and other.zone else None

    @property
    def usable(self) -> int | None:
        """The number of IPv4 addresses without those that AWS reserves (vpc-network §1.3); None if the block is not known."""
        return None if isinstance(self.cidr_block, Unknown) else self.cidr_block.num_addresses - _RESERVED

    @property
    def ipv6_native(self) -> bool:
        """Return whether the subnet is IPv6-only."""
        return self.cidr_block == IPV6_ONLY

    @property
    def block(self) -> Maybe[IPNetwork] | None:
        """The IPv4 block; the IPv6 block of a subnet that is IPv6-only."""
        return self.ipv6_cidr_block if self.ipv6_native else self.cidr_block


class PrefixList(Identified):
    """A named set of blocks. AWS-managed ones have the service's name (`com.amazonaws.eu-west-1.s3`)."""

    name: str
    cidr_blocks: tuple[Maybe[IPNetwork], ...]
