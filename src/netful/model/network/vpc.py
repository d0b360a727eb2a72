"""VPCs, subnets and route tables (spec: vpc-network §1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe, Unknown

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


IPV6_ONLY = Unknown("the subnet has IPv6 addresses only")
"""The IPv4 block of a subnet that has none."""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A virtual private cloud. The first of `cidr_blocks` is the primary block; its base + 2 is the resolver."""

    id: str
    cidr_blocks: tuple[Maybe[IPv4Network], ...]
    ipv6_cidr_blocks: tuple[Maybe[IPv6Network], ...] = ()
    enable_dns_support: bool = True
    enable_dns_hostnames: bool = False
    region: str = "us-east-1"
    owner_id: str = ""
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet: one availability zone, one IPv4 block inside the VPC's."""

    id: str
    vpc_id: Maybe[str]
    cidr_block: Maybe[IPv4Network]
    ipv6_cidr_block: Maybe[IPv6Network] | None = None
    availability_zone: Maybe[str] = ""
    map_public_ip_on_launch: bool = False
    assign_ipv6_address_on_creation: bool = False
    origin: Origin = DEFAULT


class TargetKind(StrEnum):
    """What a route hands a packet to (vpc-network §1.12)."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    VPC_ENDPOINT = "vpc-endpoint"
    NETWORK_INTERFACE = "network-interface"
    INSTANCE = "instance"
    PEERING = "vpc-peering-connection"
    TRANSIT_GATEWAY = "transit-gateway"
    VPN_GATEWAY = "vpn-gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only-internet-gateway"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of a route table. Exactly one of the two destinations is set.

    `blackhole`: the target is gone or cannot serve; the route still takes packets and drops them (§1.10).
    `propagated`: learned from a gateway, so it yields to static routes of the same prefix (§1.5).
    """

    id: str
    target_kind: TargetKind
    target_id: Maybe[str]
    destination_cidr_block: Maybe[IPNetwork] | None = None
    destination_prefix_list_id: Maybe[str] | None = None
    blackhole: bool = False
    propagated: bool = False
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table. Local routes are not listed: every table has one for each block of its VPC (§1.4).

    `gateway_ids`: the internet gateway or VPN gateway whose incoming packets it routes (§1.11).
    """

    id: str
    vpc_id: Maybe[str]
    routes: tuple[Route, ...] = ()
    subnet_ids: tuple[Maybe[str], ...] = ()
    main: bool = False
    gateway_ids: tuple[Maybe[str], ...] = ()
    origin: Origin = DEFAULT
    association_origins: dict[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A named set of blocks. AWS-managed ones bear the service's name (`com.amazonaws.eu-west-1.s3`)."""

    id: str
    name: str
    cidr_blocks: tuple[Maybe[IPNetwork], ...]
    origin: Origin = DEFAULT
