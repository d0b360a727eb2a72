"""Requests that name security groups instead of their ids: names are those of the default VPC."""

from typing import Any

from netful.account.ec2.world import World
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError


def by_ids(world: World, asked: Parameters) -> Parameters:
    """Return a request with the ids of the groups that it names. Raises ApiError for a name that no group has."""
    found: dict[str, Any] = dict(asked)
    if asked.get("GroupName") and not asked.get("GroupId"):
        found["GroupId"] = _id(world, asked["GroupName"])
    if asked.get("GroupNames"):
        found["GroupIds"] = [*(asked.get("GroupIds") or ()), *(_id(world, one) for one in asked["GroupNames"])]
    if asked.get("SourceSecurityGroupName"):
        found["SourceSecurityGroupName"] = _id(world, asked["SourceSecurityGroupName"])
    if asked.get("IpPermissions"):
        found["IpPermissions"] = [{**one, **_pairs(world, one)} for one in asked["IpPermissions"]]
    return found


def _pairs(world: World, permission: Parameters) -> dict[str, Any]:
    named = [
        {**one, "GroupId": _id(world, one["GroupName"])} if one.get("GroupName") and not one.get("GroupId") else one
        for one in permission.get("UserIdGroupPairs") or ()
    ]
    return {"UserIdGroupPairs": named} if named else {}


def _id(world: World, name: str) -> str:
    groups = world.cloud.network.security_groups
    if name in groups or world.name(name) in groups:
        return name
    for group in groups.values():
        if (group.group_name or group.id) == name and group.vpc_id is not None and world.is_default(str(group.vpc_id)):
            return str(world.id(group.id))
    raise ApiError("InvalidGroup.NotFound", f"The security group '{name}' does not exist in the default VPC")
