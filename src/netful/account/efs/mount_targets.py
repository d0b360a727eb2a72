"""Mount targets of EFS: each has an interface in its subnet, with its security groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.changes import Remove, new, updated
from netful.account.efs.file_systems import FILE_SYSTEM, MOUNT_TARGET, page
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look
from netful.account.records.view import View, plain
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource
from netful.model.network.availability_zones import zone_ids
from netful.model.network.vpc import Subnet

_GROUPS = "SecurityGroups"


def mount_target(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a mount target."""
    subnet = _subnet_of(view, resource)
    eni = next(iter(view.interfaces(resource)), None)
    zone = str(subnet.availability_zone) if subnet is not None else ""
    return {
        "MountTargetId": view.id(resource),
        "OwnerId": view.cloud.account_id,
        "FileSystemId": view.cloud.aws_id(str(plain(resource, "FileSystemId"))),
        "SubnetId": view.cloud.aws_id(str(plain(resource, "SubnetId"))),
        "VpcId": view.cloud.aws_id(str(subnet.vpc_id)) if subnet is not None else None,
        "LifeCycleState": "available",
        "IpAddress": str(eni.private_ip_address) if eni is not None else None,
        "NetworkInterfaceId": view.cloud.aws_id(eni.id) if eni is not None else None,
        "AvailabilityZoneName": zone,
        "AvailabilityZoneId": zone_ids(view.cloud.region).get(zone),
    }


def _subnet_of(view: View, resource: Resource) -> Subnet | None:
    return view.cloud.network.subnets.get(view.name(plain(resource, "SubnetId")))


def _describe(view: View, asked: Parameters) -> Record:
    if asked.get("MountTargetId"):
        found = [view.found(MOUNT_TARGET, asked["MountTargetId"])]
    elif asked.get("FileSystemId"):
        found = view.referring(MOUNT_TARGET, "FileSystemId", view.found(FILE_SYSTEM, asked["FileSystemId"]))
    else:
        raise ApiError("BadRequest", "A file system or a mount target must be named")
    return page("MountTargets", asked, [mount_target(view, one) for one in found])


def _create(view: View, asked: Parameters) -> Change[View]:
    """CreateMountTarget: a file system has one in each Availability Zone, all in the same VPC."""
    system = view.found(FILE_SYSTEM, asked["FileSystemId"])
    subnet = view.cloud.network.subnets.get(view.name(asked["SubnetId"]))
    if subnet is None:
        raise ApiError("SubnetNotFound", f"The subnet ID '{asked['SubnetId']}' does not exist")
    if asked.get("IpAddress") or asked.get("Ipv6Address"):
        raise ApiError("BadRequest", "The address of a mount target cannot be chosen here")
    for one in view.referring(MOUNT_TARGET, "FileSystemId", system):
        other = _subnet_of(view, one)
        if other is not None and (other.availability_zone == subnet.availability_zone or other.vpc_id != subnet.vpc_id):
            text = "mount target already exists in this AZ, or the file system has mount targets in another VPC"
            raise ApiError("MountTargetConflict", text)
    groups = _groups(view, asked.get(_GROUPS) or ())
    own = {"FileSystemId": view.id(system), "SubnetId": view.cloud.aws_id(subnet.id), _GROUPS: groups}
    put = new(MOUNT_TARGET.type, view.new_id(MOUNT_TARGET), own)
    return Change((put,), lambda after: mount_target(after, after.found(MOUNT_TARGET, put.resource.id)))


def _groups(view: View, asked: Sequence[str]) -> list[str]:
    """Return the security groups of a request. Raises ApiError for one that does not exist."""
    missing = next((one for one in asked if view.name(one) not in view.cloud.network.security_groups), None)
    if missing is not None:
        raise ApiError("SecurityGroupNotFound", f"The security group '{missing}' does not exist")
    return [*asked]


def _groups_of(view: View, asked: Parameters) -> Record:
    resource = view.found(MOUNT_TARGET, asked["MountTargetId"])
    return {_GROUPS: view.ids(group for one in view.interfaces(resource) for group in one.security_group_ids)}


def _modify_groups(view: View, asked: Parameters) -> Change[View]:
    resource = view.found(MOUNT_TARGET, asked["MountTargetId"])
    return Change((updated(resource, SecurityGroups=_groups(view, asked.get(_GROUPS) or ())),), lambda _after: {})


LOOKS: Mapping[str, Look] = {"DescribeMountTargets": _describe, "DescribeMountTargetSecurityGroups": _groups_of}
WRITES: Mapping[str, Write[View]] = {
    "CreateMountTarget": _create,
    "ModifyMountTargetSecurityGroups": _modify_groups,
    "DeleteMountTarget": lambda view, asked: Change((Remove(view.found(MOUNT_TARGET, asked["MountTargetId"]).id),)),
}
