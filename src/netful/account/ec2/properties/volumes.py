"""Writes of EBS volumes and snapshots. They are records: nothing reads or writes a block."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Remove, new, removal, updated
from netful.account.ec2.describe import further
from netful.account.ec2.world import Change, World, created, new_id
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Resource

_GIVEN = (
    "AvailabilityZone",
    "Size",
    "VolumeType",
    "Iops",
    "Throughput",
    "Encrypted",
    "KmsKeyId",
    "SnapshotId",
    "MultiAttachEnabled",
)
_CHANGED = ("Size", "VolumeType", "Iops", "Throughput", "MultiAttachEnabled")


def create_volume(world: World, asked: Parameters) -> Change:
    """CreateVolume: one of a snapshot is as large as that, unless the request says otherwise."""
    given = {name: asked[name] for name in _GIVEN if asked.get(name) is not None}
    if asked.get("SnapshotId"):
        snapshot = world.resource(world.existing(asked, "SnapshotId"))
        given = {"Size": snapshot.properties["VolumeSize"] if snapshot else None, **given}
    if not given.get("Size"):
        raise ApiError("MissingParameter", "The request must contain the parameter size/snapshot")
    id_, put = created("VolumeId", "vol", further.VOLUME, asked, given)
    return Change((put,), lambda after: after.record("VolumeId", id_))


def attach_volume(world: World, asked: Parameters) -> Change:
    """AttachVolume: both have to be in one zone."""
    volume, instance = world.existing(asked, "VolumeId"), world.existing(asked, "InstanceId")
    if _attachments(world, volume):
        raise ApiError("VolumeInUse", f"{asked['VolumeId']} is already attached to an instance")
    for one in world.referring(further.VOLUME_ATTACHMENT, InstanceId=instance):
        if one.properties.get("Device") == asked["Device"]:
            text = f"Invalid value '{asked['Device']}' for unixDevice. Attachment point {asked['Device']} is already in use"
            raise ApiError("InvalidParameterValue", text)
    zone = world.record("VolumeId", volume)["AvailabilityZone"]
    placed = world.record("InstanceId", instance)["Placement"]["AvailabilityZone"]
    if zone != placed:
        text = (
            f"The volume '{asked['VolumeId']}' is not in the same availability zone as instance '{asked['InstanceId']}'"
        )
        raise ApiError("InvalidVolume.ZoneMismatch", text)
    own = {"VolumeId": volume, "InstanceId": instance, "Device": asked["Device"]}
    return Change((new(further.VOLUME_ATTACHMENT, new_id("attach"), own),), lambda after: _attached(after, volume))


def detach_volume(world: World, asked: Parameters) -> Change:
    """DetachVolume, at once."""
    volume = world.existing(asked, "VolumeId")
    there = _attachments(world, volume)
    if not there:
        raise ApiError("IncorrectState", f"Volume '{asked['VolumeId']}' is in the 'available' state.")
    last = {**_attached(world, volume), "State": "detached"}
    return Change(removal(there), lambda _world: last)


def _attachments(world: World, volume: str) -> list[Resource]:
    return world.referring(further.VOLUME_ATTACHMENT, VolumeId=volume)


def _attached(world: World, volume: str) -> Mapping[str, Any]:
    attachment: Mapping[str, Any] = world.record("VolumeId", volume)["Attachments"][0]
    return attachment


def modify_volume(world: World, asked: Parameters) -> Change:
    """ModifyVolume: completed before the call is answered."""
    volume = world.existing(asked, "VolumeId")
    resource, before = world.resource(volume), world.record("VolumeId", volume)
    assert resource is not None
    given = {name: asked[name] for name in _CHANGED if asked.get(name) is not None}
    if int(given.get("Size") or before["Size"]) < int(before["Size"]):
        raise ApiError("InvalidParameterValue", "New size cannot be smaller than existing size")
    both = {f"Original{name}": before.get(name) for name in _CHANGED} | {
        f"Target{name}": given.get(name, before.get(name)) for name in _CHANGED
    }
    own = {"VolumeId": volume, **{name: value for name, value in both.items() if value is not None}}
    mark = new(further.MODIFICATION, f"{volume}.modification", own)
    edits = (updated(resource, **given), mark)
    return Change(edits, lambda after: {"VolumeModification": further.modification(after, mark.resource)})


def delete_volume(world: World, asked: Parameters) -> Change:
    """DeleteVolume: none that is attached. Its snapshots stay."""
    volume = world.existing(asked, "VolumeId")
    there = _attachments(world, volume)
    if there:
        instance = world.id(there[0].properties.get("InstanceId"))
        raise ApiError("VolumeInUse", f"Volume {asked['VolumeId']} is currently attached to {instance}")
    marks = removal(world.referring(further.MODIFICATION, VolumeId=volume))
    return Change((*marks, Remove(volume)))


def create_snapshot(world: World, asked: Parameters) -> Change:
    """CreateSnapshot: completed before the call is answered."""
    volume = world.record("VolumeId", world.existing(asked, "VolumeId"))
    own = {
        "VolumeId": volume["VolumeId"],
        "VolumeSize": volume["Size"],
        "Encrypted": volume["Encrypted"],
        "Description": asked.get("Description") or "",
    }
    id_, put = created("SnapshotId", "snap", further.SNAPSHOT, asked, own)
    return Change((put,), lambda after: after.record("SnapshotId", id_))


def delete_snapshot(world: World, asked: Parameters) -> Change:
    """DeleteSnapshot."""
    return Change((Remove(world.existing(asked, "SnapshotId")),))


WRITES = {
    "CreateVolume": create_volume,
    "AttachVolume": attach_volume,
    "DetachVolume": detach_volume,
    "ModifyVolume": modify_volume,
    "DeleteVolume": delete_volume,
    "CreateSnapshot": create_snapshot,
    "DeleteSnapshot": delete_snapshot,
}
