"""Route tables with their routes (spec: vpc-network §1.4 to §1.12)."""

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe, Origin, Unknown
from netful.model.network.vpc import IPNetwork, Subnet, Vpc, is_within


class TargetKind(StrEnum):
    """Kind of target that a route hands packets to (vpc-network §1.12)."""

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
    CORE_NETWORK = "core-network"
    OTHER = "other"


TARGET_PROPERTIES = {
    "NatGatewayId": TargetKind.NAT_GATEWAY,
    "GatewayId": TargetKind.INTERNET_GATEWAY,
    "VpcPeeringConnectionId": TargetKind.PEERING,
    "TransitGatewayId": TargetKind.TRANSIT_GATEWAY,
    "EgressOnlyInternetGatewayId": TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
    "NetworkInterfaceId": TargetKind.NETWORK_INTERFACE,
    "InstanceId": TargetKind.INSTANCE,
    "VpcEndpointId": TargetKind.VPC_ENDPOINT,
    "LocalGatewayId": TargetKind.OTHER,
    "CarrierGatewayId": TargetKind.OTHER,
    "CoreNetworkArn": TargetKind.CORE_NETWORK,
}
"""AWS's properties that name the target of a route. `GatewayId` may also name a VPN gateway or a gateway endpoint.

An instance's route may also name its interface, which is more precise and comes first.
"""


_RESERVED: tuple[IPNetwork, ...] = (IPv4Network("169.254.168.0/22"), IPv6Network("fd00:ec2::/32"))
_OUTSIDE = frozenset({
    TargetKind.INTERNET_GATEWAY, TargetKind.PEERING, TargetKind.TRANSIT_GATEWAY, TargetKind.VPN_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
})  # fmt: skip


def destination_refusal(destination: object, kind: TargetKind, vpc: Vpc | None, subnets: Iterable[Subnet]) -> str:
    """Return why EC2 refuses a destination for a kind of targets; "" if it does not, or if that is not known (§1.6, §1.7).

    `subnets` are those of the VPC. Others may exist, but never overlap these.
    """
    if any(is_within(destination, one) for one in _RESERVED):
        return f"The destination {destination} is reserved"
    blocks = vpc.known_blocks if vpc else ()
    if kind is TargetKind.LOCAL or not any(is_within(destination, one) for one in blocks):
        return ""
    if kind in _OUTSIDE:
        return (
            f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. "
            "This route can target only an interface or an instance."
        )
    parts = [block for one in subnets for block in (one.cidr_block, one.ipv6_cidr_block)]
    overlapping = [one for one in parts if is_within(destination, one) or is_within(one, destination)]
    if not overlapping or destination in (*blocks, *parts):
        return ""
    return f"The destination CIDR block {destination} does not match any subnet CIDR of this VPC."


class Route(Identified):
    """One entry of a route table. Exactly one of the two destinations is set.

    `blackhole`: the target is gone or cannot serve; the route still matches packets and drops them (§1.10).
    `propagated`: learned from a gateway, so static routes of the same prefix take precedence (§1.5).
    """

    target_kind: TargetKind
    target_id: Maybe[str]
    destination_cidr_block: Maybe[IPNetwork] | None = None
    destination_prefix_list_id: Maybe[str] | None = None
    blackhole: bool = False
    propagated: bool = False


class PossibleRoute(Frozen):
    """A route to a gateway endpoint that a table may have: which tables of the stack the endpoint names is not known."""

    destination_prefix_list_id: str
    unknown: Unknown


class RouteTable(Identified):
    """A route table. Local routes are not listed: every table has one for each block of its VPC (§1.4).

    `gateway_ids`: the internet gateway or VPN gateway whose incoming packets it routes (§1.11).
    """

    vpc_id: Maybe[str]
    routes: tuple[Route, ...] = ()
    subnet_ids: tuple[Maybe[str], ...] = ()
    main: bool = False
    possible_routes: tuple[PossibleRoute, ...] = ()
    gateway_ids: tuple[Maybe[str], ...] = ()
    association_origins: dict[str, Origin] = field(default_factory=dict)
