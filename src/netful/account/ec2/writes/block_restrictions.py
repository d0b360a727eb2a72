"""Blocks that EC2 refuses: a VPC's further block, and the destination of a route (vpc-network §1.1, §1.6, §1.7).

| further block | refused where |
|---|---|
| any | it overlaps a block of the VPC, or of a VPC that is peered with it |
| | the destination of a route in one of the VPC's tables lies in it |
| | `is_restricted`, by the VPC's own blocks |
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from netful.account.ec2.world import World
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import known_in
from netful.model.network.block_restrictions import is_restricted
from netful.model.network.route_tables import RouteTable, TargetKind, destination_refusal
from netful.model.network.vpc import IPNetwork, Vpc, is_within


def check_further_block(world: World, vpc: Vpc, block: IPv4Network) -> None:
    """Raise ApiError if a VPC cannot have a further block."""
    own = [one for one in vpc.cidr_blocks if isinstance(one, IPv4Network)]
    if any(one.overlaps(block) for one in (*own, *_of_peers(world, vpc))):
        raise ApiError("CidrConflict", f"The CIDR '{block}' conflicts with another block of the VPC or of its peers")
    if is_restricted(own, block):
        text = (
            f"The CIDR '{block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, "
            "or use a publicly-routable CIDR."
        )
        raise ApiError("InvalidVpc.Range", text)
    routed = next((one for one in _destinations(world, vpc) if one.subnet_of(block)), None)
    if routed is not None:
        raise ApiError("CidrConflict", f"The CIDR '{block}' contains the destination {routed} of a route of the VPC")


def _of_peers(world: World, vpc: Vpc) -> Iterator[IPv4Network]:
    network = world.cloud.network
    for peering in network.vpc_peering_connections.values():
        ends = (str(peering.vpc_id), str(peering.peer_vpc_id))
        if peering.active and vpc.id in ends:
            others = (network.vpcs[end] for end in ends if end != vpc.id and end in network.vpcs)
            yield from (one for other in others for one in other.cidr_blocks if isinstance(one, IPv4Network))


def _destinations(world: World, vpc: Vpc) -> Iterator[IPv4Network]:
    for table in world.cloud.network.route_tables.values():
        if table.vpc_id == vpc.id:
            found = (
                route.destination_cidr_block for route in table.routes if route.target_kind is not TargetKind.LOCAL
            )
            yield from (one for one in found if isinstance(one, IPv4Network))


def check_destination(world: World, table: RouteTable, destination: IPNetwork, kind: TargetKind) -> None:
    """Raise ApiError for the destination of a route."""
    vpc = known_in(world.cloud.network.vpcs, table.vpc_id)
    refusal = destination_refusal(destination, kind, vpc, world.cloud.network.subnets_of(table.vpc_id))
    if refusal:
        raise invalid_value(refusal)
    blocks = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc else ()
    if vpc is None or not any(is_within(destination, one) for one in blocks):
        return
    subnets = world.cloud.network.subnets_of(vpc.id)
    if destination not in (*blocks, *(b for one in subnets for b in (one.cidr_block, one.ipv6_cidr_block))):
        raise invalid_value(f"The destination CIDR block {destination} does not match any subnet CIDR of this VPC.")
