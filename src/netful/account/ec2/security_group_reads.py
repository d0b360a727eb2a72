"""Look-ups beside security groups: those of a VPC, stale rules, and references from peers."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.further import group_associations
from netful.account.ec2.describe.security_groups import security_groups
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import filtered, page
from netful.account.ec2.view import View
from netful.account.ec2.world import World
from netful.account.query_api import Parameters

_FOR_VPC = Kind("GetSecurityGroupsForVpc", "SecurityGroupForVpcs", "GroupId", "", ("", ""), security_groups)
_PERMISSIONS = {"IpPermissions": "StaleIpPermissions", "IpPermissionsEgress": "StaleIpPermissionsEgress"}


def for_vpc(view: View, asked: Parameters) -> Mapping[str, Any]:
    """GetSecurityGroupsForVpc: its own groups, and those that are associated with it."""
    vpc = view.id(World(view.cloud, view).existing(asked, "VpcId"))
    associated = {one["GroupId"] for one in group_associations(view) if one["VpcId"] == vpc}
    found = [
        {**one, "PrimaryVpcId": one["VpcId"]}
        for one in security_groups(view)
        if one["VpcId"] == vpc or one["GroupId"] in associated
    ]
    return page(_FOR_VPC.member, asked, filtered(_FOR_VPC, asked, found))


def stale(view: View, asked: Parameters) -> Mapping[str, Any]:
    """DescribeStaleSecurityGroups: rules that name a group of a VPC without an active peering."""
    vpc = view.id(World(view.cloud, view).existing(asked, "VpcId"))
    home = {one["GroupId"]: one["VpcId"] for one in security_groups(view)}
    near = {vpc, *(peer for peer, _ in _peers(view, vpc))}
    rows = []
    for group in security_groups(view):
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


def references(view: View, asked: Parameters) -> Mapping[str, Any]:
    """DescribeSecurityGroupReferences: the peered VPCs whose rules name a group."""
    world = World(view.cloud, view)
    wanted = [view.id(world.named("GroupId", one)) for one in asked.get("GroupId") or ()]
    every = [*security_groups(view)]
    home = {one["GroupId"]: one["VpcId"] for one in every}
    rows = []
    for group in wanted:
        naming = {one["VpcId"] for one in every if group in _named(one)}
        rows += [
            {"GroupId": group, "ReferencingVpcId": vpc, "VpcPeeringConnectionId": peering}
            for vpc, peering in _peers(view, home[group])
            if vpc in naming
        ]
    return {"SecurityGroupReferenceSet": rows}


def _named(group: Mapping[str, Any]) -> set[str]:
    permissions = (*group["IpPermissions"], *group["IpPermissionsEgress"])
    return {pair["GroupId"] for one in permissions for pair in one.get("UserIdGroupPairs") or ()}


def _peers(view: View, vpc: str | None) -> Iterator[tuple[str | None, str | None]]:
    """Yield the VPCs that are peered with one, each with the peering."""
    for one in view.cloud.network.vpc_peering_connections.values():
        ends = [view.id(one.vpc_id), view.id(one.peer_vpc_id)]
        if one.active and vpc in ends:
            ends.remove(vpc)
            yield ends[0], view.id(one.id)


LOOKS = {
    "GetSecurityGroupsForVpc": for_vpc,
    "DescribeStaleSecurityGroups": stale,
    "DescribeSecurityGroupReferences": references,
}
