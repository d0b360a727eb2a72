"""Look-ups beside security groups: those of a VPC, stale rules, and references from peers."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.further import GROUP_ASSOCIATION
from netful.account.ec2.kinds import KIND, Kind
from netful.account.ec2.listing import listed, page
from netful.account.ec2.world import World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record

_FOR_VPC = Kind("GetSecurityGroupsForVpc")
_GROUPS = KIND["GroupId"].records
_PERMISSIONS = {"IpPermissions": "StaleIpPermissions", "IpPermissionsEgress": "StaleIpPermissionsEgress"}


def for_vpc(world: World, asked: Parameters) -> Record:
    """GetSecurityGroupsForVpc: its own groups, and those that are associated with it."""
    vpc = world.id(world.existing(asked, "VpcId"))
    associated = {world.id(one.properties.get("GroupId")) for one in world.referring(GROUP_ASSOCIATION, VpcId=vpc)}
    found = [
        {**one, "PrimaryVpcId": one["VpcId"]}
        for one in _GROUPS(world)
        if one["VpcId"] == vpc or one["GroupId"] in associated
    ]
    return listed(_FOR_VPC, asked, found)


def stale(world: World, asked: Parameters) -> Record:
    """DescribeStaleSecurityGroups: rules that name a group of a VPC without an active peering."""
    vpc = world.id(world.existing(asked, "VpcId"))
    home = {one["GroupId"]: one["VpcId"] for one in _GROUPS(world)}
    near = {vpc, *(peer for peer, _ in _peers(world, vpc))}
    rows = []
    for group in _GROUPS(world):
        found = {
            name: [one for each in group[own] if (one := _stale_part(each, home, near)) is not None]
            for own, name in _PERMISSIONS.items()
        }
        if group["VpcId"] == vpc and any(found.values()):
            rows.append({**group, **found})
    return page("StaleSecurityGroupSet", asked, rows)


def _stale_part(permission: Mapping[str, Any], home: Mapping[str, Any], near: set[Any]) -> dict[str, Any] | None:
    pairs = [one for one in permission.get("UserIdGroupPairs") or () if home.get(one["GroupId"]) not in near]
    return {**permission, "UserIdGroupPairs": pairs} if pairs else None


def references(world: World, asked: Parameters) -> Record:
    """DescribeSecurityGroupReferences: the peered VPCs whose rules name a group."""
    wanted = [world.id(world.named("GroupId", one)) for one in asked.get("GroupId") or ()]
    every = [*_GROUPS(world)]
    home = {one["GroupId"]: one["VpcId"] for one in every}
    rows = []
    for group in wanted:
        naming = {one["VpcId"] for one in every if group in _named(one)}
        rows += [
            {"GroupId": group, "ReferencingVpcId": vpc, "VpcPeeringConnectionId": peering}
            for vpc, peering in _peers(world, home[group])
            if vpc in naming
        ]
    return {"SecurityGroupReferenceSet": rows}


def _named(group: Mapping[str, Any]) -> set[str]:
    permissions = (*group["IpPermissions"], *group["IpPermissionsEgress"])
    return {pair["GroupId"] for one in permissions for pair in one.get("UserIdGroupPairs") or ()}


def _peers(world: World, vpc: str | None) -> Iterator[tuple[str | None, str | None]]:
    """Yield the VPCs that are peered with one, each with the peering."""
    for one in world.cloud.network.vpc_peering_connections.values():
        ends = [world.id(one.vpc_id), world.id(one.peer_vpc_id)]
        if one.active and vpc in ends:
            ends.remove(vpc)
            yield ends[0], world.id(one.id)


LOOKS = {
    "GetSecurityGroupsForVpc": for_vpc,
    "DescribeStaleSecurityGroups": stale,
    "DescribeSecurityGroupReferences": references,
}
