"""Mounts of functions and tasks: the folder of a file system behind an access point, and the mount target that serves it.

1. An access point's `RootDirectory` is a folder of the file system; it exists already, or `CreationInfo` makes it.
2. All requests through an access point have its `PosixUser`.
3. A client mounts through the mount target in its own availability zone, at TCP 2049. S3 Files has the same shape.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, mapping, whole_number
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.shared_zones import share_zone

PORT = 2049
_MODE, _OCTAL = 0o755, re.compile("[0-7]{3,4}")
"""The usual permissions of a folder that is made, and the form of written ones."""

_POINTS = {"AWS::EFS::AccessPoint": "EFS", "AWS::S3Files::AccessPoint": "S3Files"}
_TARGETS = ("AWS::EFS::MountTarget", "AWS::S3Files::MountTarget")


class Folder(Frozen):
    """A folder of a file system, below which a client sees everything. `path` has no leading slash.

    `user` are the ids of all requests, None for the client's own; `owner` and `mode` are those of a folder that is made, None if it
    has to be there. `kind` is the service's name in Lambda's errors.
    """

    file_system_id: str
    path: str = ""
    user: tuple[int, int] | None = None
    owner: tuple[int, int] | None = None
    mode: int = _MODE
    kind: str = "EFS"


def folder_of(cloud: Cloud, access_point: str) -> Folder | None:
    """Return the folder behind an access point, by its id, ARN or logical id; None if it is not loaded."""
    point = cloud.template.resources.get(cloud.named(access_point)) or _by_end(cloud, access_point)
    if point is None or point.type not in _POINTS:
        return None
    root, user = mapping(point.properties.get("RootDirectory")), mapping(point.properties.get("PosixUser"))
    made = mapping(root.get("CreationInfo")) or mapping(root.get("CreationPermissions"))
    return Folder(
        _system_of(cloud, point),
        str(root.get("Path") or "/").strip("/"),
        _ids(user, "Uid", "Gid"),
        _ids(made, "OwnerUid", "OwnerGid"),
        _mode(made.get("Permissions")),
        _POINTS[point.type],
    )


def _mode(written: object) -> int:
    """Return the permissions of a folder that is made; the usual ones where they are not known."""
    text = str(written)
    return int(text, 8) if _OCTAL.fullmatch(text) else _MODE


def _system_of(cloud: Cloud, part: Resource) -> str:
    """Return the file system of an access point or a mount target, which name it by its id or its ARN."""
    return cloud.named(str(part.properties.get("FileSystemId")).rpartition("/")[2])


def _by_end(cloud: Cloud, access_point: str) -> Resource | None:
    id_ = access_point.rpartition("/")[2]
    return cloud.template.resources.get(cloud.named(id_))


def is_mount_target(cloud: Cloud, resource_id: str) -> bool:
    """Return whether a resource is a mount target."""
    resource = cloud.template.resources.get(resource_id)
    return resource is not None and resource.type in _TARGETS


def file_system_of(cloud: Cloud, resource_id: str) -> str:
    """Return the file system of a mount target; "" for every other resource, and if it is not loaded."""
    resource = cloud.template.resources.get(resource_id)
    named = _system_of(cloud, resource) if resource and resource.type in _TARGETS else ""
    return named if named in cloud.template.resources else ""


def targets_of(cloud: Cloud, file_system_id: str) -> list[NetworkInterface]:
    """Return the interfaces of a file system's mount targets."""
    mounts = cloud.template.of_type(*_TARGETS)
    own = (one.id for one in mounts if _system_of(cloud, one) == file_system_id)
    return [eni for mount_id in own for eni in cloud.network.interfaces_of(mount_id)]


def in_zone_of(
    cloud: Cloud, client: NetworkInterface, targets: Iterable[NetworkInterface]
) -> tuple[NetworkInterface, ...]:
    """Return the interfaces of mount targets in the availability zone of a client; without any, those that may be there."""
    shares = [(one, share_zone(cloud.network, client, one)) for one in targets]
    return tuple(one for one, shared in shares if shared) or tuple(one for one, shared in shares if shared is None)


def zones_without(cloud: Cloud, file_system_id: str, clients: Iterable[NetworkInterface]) -> tuple[str, ...]:
    """Return the availability zones of clients in which a file system certainly has no mount target."""
    targets = targets_of(cloud, file_system_id)
    alone = (one for one in clients if not in_zone_of(cloud, one, targets))
    return tuple(dict.fromkeys(filter(None, map(cloud.network.zone_of_interface, alone))))


def subnets_in_doubt(cloud: Cloud, file_system_id: str, clients: Iterable[NetworkInterface]) -> tuple[str, ...]:
    """Return the subnets of clients for which it is not known whether a file system has a mount target in their zone."""
    targets = targets_of(cloud, file_system_id)
    shares = [(one, {share_zone(cloud.network, one, target) for target in targets}) for one in clients]
    return tuple(dict.fromkeys(str(one.subnet_id) for one, shared in shares if True not in shared and None in shared))


def target_for(cloud: Cloud, file_system_id: str, client: NetworkInterface) -> IPv4Address | None:
    """Return the address of the mount target in the availability zone of a client; None without one."""
    there = in_zone_of(cloud, client, targets_of(cloud, file_system_id))
    return next((one.private_ip_address for one in there if one.private_ip_address), None)


def _ids(written: Mapping[str, Any], user: str, group: str) -> tuple[int, int] | None:
    uid, gid = whole_number(written.get(user)), whole_number(written.get(group))
    return None if uid is None or gid is None else (uid, gid)
