"""Writes of EBS volumes and snapshots, and the volumes of launches. They are records: nothing reads or writes a block."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.changes import Edit, Remove, new, removal, updated
from netful.account.ec2.catalogue import root_of
from netful.account.ec2.describe import further
from netful.account.ec2.world import Change, World, created, new_id, tags_of
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
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


def launched(instance: str, asked: Parameters) -> Iterator[Edit]:
    """Yield the edits that make the disks of a new instance: the one of its image, as a request changes it, and further ones."""
    root, tags = root_of(asked["ImageId"]), tags_of(asked, "volume")
    found: dict[str, Mapping[str, Any]] = {root["DeviceName"]: root["Ebs"]}
    for one in asked.get("BlockDeviceMappings") or ():
        if "NoDevice" in one:
            found.pop(one["DeviceName"], None)
        elif one.get("Ebs"):  # and not a disk of the instance's host
            found[one["DeviceName"]] = {**found.get(one["DeviceName"], {}), **one["Ebs"]}
    for device, disk in found.items():
        id_, (volume, attachment) = new_id("vol"), (further.VOLUMES[1], further.VOLUME_ATTACHMENTS[1])
        own = {name: disk[name] for name in _GIVEN if disk.get(name) is not None}
        yield new(volume, id_, {**own, "Size": disk.get("VolumeSize", 8), **({"Tags": tags} if tags else {})})
        held = {"VolumeId": id_, "InstanceId": instance, "Device": device}
        ends = disk.get("DeleteOnTermination", False)
        yield new(attachment, new_id("attach"), {**held, "DeleteOnTermination": ends})


def ended(world: World, instance: str) -> Iterator[Edit]:
    """Yield the edits that detach the disks of an instance that ends, and delete those that end with it."""
    there = world.referring(*further.VOLUME_ATTACHMENTS, InstanceId=instance)
    yield from removal(there)
    for one in there:
        if world.flag(one.id, "DeleteOnTermination"):
            volume = world.name(one.properties["VolumeId"])
            yield from removal(world.referring(further.MODIFICATION, VolumeId=volume))
            yield Remove(volume)


def attach_volume(world: World, asked: Parameters) -> Change:
    """AttachVolume: both have to be in one zone."""
    volume, instance = world.existing(asked, "VolumeId"), world.existing(asked, "InstanceId")
    if _attachments(world, volume):
        raise ApiError("VolumeInUse", f"{asked['VolumeId']} is already attached to an instance")
    for one in world.referring(*further.VOLUME_ATTACHMENTS, InstanceId=instance):
        if one.properties.get("Device") == asked["Device"]:
            text = f"Invalid value '{asked['Device']}' for unixDevice. Attachment point {asked['Device']} is already in use"
            raise invalid_value(text)
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
    return world.referring(*further.VOLUME_ATTACHMENTS, VolumeId=volume)


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
        raise invalid_value("New size cannot be smaller than existing size")
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


WRITES = {
    "CreateVolume": create_volume,
    "AttachVolume": attach_volume,
    "DetachVolume": detach_volume,
    "ModifyVolume": modify_volume,
    "DeleteVolume": delete_volume,
    "CreateSnapshot": create_snapshot,
}
