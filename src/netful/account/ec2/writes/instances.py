"""Writes of instances: each is a host with an address, whose program `netful.toml` or `exec` gives."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netful.account.changes import Edit, Remove, new, removal
from netful.account.ec2.describe.instances import TYPE, reservation, state, state_of
from netful.account.ec2.describe.network_interfaces import ATTACHMENT
from netful.account.ec2.world import Change, World, created, new_id, tags_of
from netful.account.ec2.writes import volumes
from netful.account.ec2.writes.interface_edits import edited
from netful.account.ec2.writes.launch_templates import with_template
from netful.account.ec2.writes.placing import Placing
from netful.account.ec2.writes.tags import tagged
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.sources.readers.stopped import STOPPED

INTERFACE = "AWS::EC2::NetworkInterface"
_IMAGE = re.compile(r"ami-(?:[0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:.+")
_EIP_ASSOCIATION = "AWS::EC2::EIPAssociation"
_SAME = (
    "ImageId", "InstanceType", "KeyName", "UserData", "EbsOptimized", "DisableApiTermination", "DisableApiStop",
    "InstanceInitiatedShutdownBehavior", "MetadataOptions",
)  # fmt: skip
"""Parameters of a launch that are properties of the instance."""

_TAGGED_TOO = ("network-interface", "volume", "spot-instances-request")
"""Types of what a launch makes beside the instance, and has tags for. Requests of launches are no things of netful."""

_ATTRIBUTES = (
    "InstanceType", "UserData", "EbsOptimized", "DisableApiTermination", "DisableApiStop",
    "InstanceInitiatedShutdownBehavior", "SourceDestCheck",
)  # fmt: skip
_WHILE_STOPPED = ("InstanceType", "UserData", "EbsOptimized")
_PROTECTED = (
    "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again."
)


def run_instances(world: World, asked: Parameters) -> Change:
    """RunInstances: they run before the call is answered."""
    asked = with_template(world, asked)
    if not asked.get("ImageId"):
        raise missing_parameter("ImageId")
    if not _IMAGE.fullmatch(asked["ImageId"]):
        raise ApiError("InvalidAMIID.Malformed", f'Invalid id: "{asked["ImageId"]}"')
    count = int(asked.get("MaxCount") or 1)
    if count < int(asked.get("MinCount") or 1):
        text = f"Invalid value '{asked.get('MinCount')}' for instanceCount. It must be less than or equal to MaxCount"
        raise invalid_value(text)
    parts = asked.get("NetworkInterfaces") or ()
    fixed = [
        asked.get("PrivateIpAddress"),
        *(one.get(key) for one in parts for key in ("NetworkInterfaceId", "PrivateIpAddress")),
    ]
    if count > 1 and any(fixed):
        text = "An address or a network interface may not be specified for more than one instance"
        raise ApiError("InvalidParameterCombination", text)
    placing = Placing(world)
    ids, edits = [], []
    for _ in range(count):
        id_, launched = _launched(placing, asked, parts)
        ids.append(id_)
        edits += launched

    def answer(after: World) -> Mapping[str, Any]:
        found = [{**after.record("InstanceId", one), "AmiLaunchIndex": number} for number, one in enumerate(ids)]
        return reservation(after, found)

    return Change(tuple(edits), answer)


def _launched(placing: Placing, asked: Parameters, parts: Sequence[Mapping[str, Any]]) -> tuple[str, list[Edit]]:
    """Return the id of an instance and the edits that launch it."""
    profile = asked.get("IamInstanceProfile") or {}
    properties = {name: asked.get(name) for name in _SAME}
    properties["IamInstanceProfile"] = profile.get("Name") or profile.get("Arn")
    properties["Monitoring"] = (asked.get("Monitoring") or {}).get("Enabled")
    primary = next((one for one in parts if not one.get("DeviceIndex")), None)
    zone = (asked.get("Placement") or {}).get("AvailabilityZone")
    if primary is None:
        subnet = placing.subnet(asked, zone)
        address = asked.get("PrivateIpAddress")
        properties |= {
            "SubnetId": subnet,
            "SecurityGroupIds": placing.groups(subnet, asked.get("SecurityGroupIds") or (), asked.get("SecurityGroups") or ()),
            "PrivateIpAddress": placing.checked(subnet, [address])[0] if address else None,
            "Ipv6AddressCount": asked.get("Ipv6AddressCount"),
            "Ipv6Addresses": asked.get("Ipv6Addresses"),
        }  # fmt: skip
    else:
        properties["NetworkInterfaces"] = [_primary(placing, primary, zone)]
    id_, put = created("InstanceId", "i", TYPE, asked, properties, tagged_too=_TAGGED_TOO)
    tags = tags_of(asked, "network-interface")
    own = [*tagged(placing.world, f"eni-{id_}", tags)] if tags and "NetworkInterfaceId" not in (primary or {}) else []
    others = (one for one in parts if one is not primary)
    return id_, [
        put,
        *own,
        *volumes.launched(id_, asked),
        *(edit for one in others for edit in _further(placing, one, id_, tags)),
    ]


def _primary(placing: Placing, part: Mapping[str, Any], zone: str | None) -> dict[str, Any]:
    """Return the first interface of an instance: one that is there, or a new one."""
    if part.get("NetworkInterfaceId"):
        return {"DeviceIndex": "0", "NetworkInterfaceId": _loose(placing.world, part)}
    made = placing.properties(part, placing.subnet(part, zone))
    kept = {name: value for name, value in made.items() if value is not None}
    return {"DeviceIndex": "0", "DeleteOnTermination": part.get("DeleteOnTermination", True), **kept}


def _further(
    placing: Placing, part: Mapping[str, Any], instance: str, tags: Sequence[Mapping[str, str]]
) -> Iterator[Edit]:
    """Yield the edits that attach a further interface to an instance."""
    there = bool(part.get("NetworkInterfaceId"))
    name = _loose(placing.world, part) if there else new_id("eni")
    if not there:
        made = placing.properties(part, placing.subnet(part))
        kept = {key: value for key, value in made.items() if value is not None and key != "AssociatePublicIpAddress"}
        yield new(INTERFACE, name, {**kept, "Tags": [*tags]} if tags else kept)
    deleted = part.get("DeleteOnTermination", not there)
    yield attachment(new_id("eni-attach"), name, instance, int(part["DeviceIndex"]), deleted=deleted)


def attachment(id_: str, interface: str, instance: str, index: int, *, deleted: bool) -> Edit:
    """Return the edit that attaches an interface to an instance. `deleted` lets it end with the instance."""
    properties = {"NetworkInterfaceId": interface, "InstanceId": instance, "DeviceIndex": str(index),
                  "DeleteOnTermination": deleted}  # fmt: skip
    return new(ATTACHMENT, id_, properties)


def _loose(world: World, part: Mapping[str, Any]) -> str:
    """Return the name of an interface that is attached to nothing."""
    name = world.existing(part, "NetworkInterfaceId")
    if world.cloud.network.network_interfaces[name].owner_id != name:
        text = f"Interface: [{part['NetworkInterfaceId']}] in use."
        raise ApiError("InvalidNetworkInterface.InUse", text)
    return name


def _named(world: World, asked: Parameters) -> list[str]:
    return [world.named("InstanceId", one) for one in dict.fromkeys(asked["InstanceIds"])]


def _changes(world: World, names: Sequence[str], after: str) -> list[Mapping[str, Any]]:
    return [
        {
            "InstanceId": world.id(one),
            "PreviousState": state(state_of(world, one)),
            "CurrentState": state(after),
        }
        for one in names
    ]


def terminate_instances(world: World, asked: Parameters) -> Change:
    """TerminateInstances: their own interfaces go along, those that were there before them stay."""
    names = _named(world, asked)
    for name in names:
        if world.flag(name, "DisableApiTermination"):
            raise ApiError("OperationNotPermitted", _PROTECTED.format(world.id(name)))
    changes = _changes(world, names, "terminated")
    edits = [edit for name in names for edit in _ended(world, name)]
    return Change(tuple(edits), lambda _world: {"TerminatingInstances": changes})


def _ended(world: World, name: str) -> Iterator[Edit]:
    yield Remove(name)
    yield from removal(world.referring(STOPPED, ATTACHMENT, _EIP_ASSOCIATION, InstanceId=name))
    yield from volumes.ended(world, name)
    for eni in world.cloud.network.interfaces_of(name):
        attached = world.association_of(ATTACHMENT, NetworkInterfaceId=eni.id)
        ends = attached is not None and attached.properties.get("DeleteOnTermination") is not False
        if ends or world.resource(eni.id) is None:
            yield from removal(world.referring(_EIP_ASSOCIATION, NetworkInterfaceId=eni.id))
            yield from (Remove(one) for one in (eni.id, f"{eni.id}.tags") if world.resource(one) is not None)


def stop_instances(world: World, asked: Parameters) -> Change:
    """StopInstances: nothing answers at their addresses, and an address that AWS assigned is gone."""
    names = _named(world, asked)
    changes = _changes(world, names, "stopped")
    marks = (new(STOPPED, f"{name}.stopped", {"InstanceId": name}) for name in names)
    return Change(tuple(marks), lambda _world: {"StoppingInstances": changes})


def start_instances(world: World, asked: Parameters) -> Change:
    """StartInstances."""
    names = _named(world, asked)
    changes = _changes(world, names, "running")
    marks = removal(one for name in names for one in world.referring(STOPPED, InstanceId=name))
    return Change(marks, lambda _world: {"StartingInstances": changes})


def modify_instance_attribute(world: World, asked: Parameters) -> Change:
    """ModifyInstanceAttribute: one attribute a call, some only while the instance is stopped."""
    name = world.existing(asked, "InstanceId")
    given = {key: _plain(asked[key].get("Value")) for key in _ATTRIBUTES if key in asked}
    if asked.get("Attribute"):
        key = asked["Attribute"][:1].upper() + asked["Attribute"][1:]
        if key not in _ATTRIBUTES:
            raise invalid_value(f"Value ({asked['Attribute']}) for parameter attribute is invalid. Unknown attribute.")
        value = asked.get("Value", "")
        given[key] = {"true": True, "false": False}.get(value, value)
    if given.keys() & {*_WHILE_STOPPED} and state_of(world, name) != "stopped":
        text = f"The instance '{asked['InstanceId']}' is not in the 'stopped' state."
        raise ApiError("IncorrectInstanceState", text)
    edits = world.set(name, **given) if given else ()
    if asked.get("Groups"):
        (primary, *_) = sorted(world.cloud.network.interfaces_of(name), key=lambda eni: eni.device_index)
        groups = Placing(world).groups(str(primary.subnet_id), asked["Groups"])
        edits = (*edits, *edited(world, primary.id, GroupSet=groups))
    return Change(edits)


def _plain(value: Any) -> Any:
    """Return a value as CloudFormation has it: data is a text in base64."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def reboot_instances(world: World, asked: Parameters) -> Change:
    """RebootInstances: a host goes on, as it has no system of its own."""
    for one in asked.get("InstanceIds") or ():
        world.named("InstanceId", one)
    return Change(answer=lambda _world: {})


WRITES = {
    "RebootInstances": reboot_instances,
    "RunInstances": run_instances,
    "TerminateInstances": terminate_instances,
    "StopInstances": stop_instances,
    "StartInstances": start_instances,
    "ModifyInstanceAttribute": modify_instance_attribute,
}
