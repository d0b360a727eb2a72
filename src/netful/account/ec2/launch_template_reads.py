"""Reads of the versions of launch templates."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.launch_templates import TYPE, name_of, numbered, version, versions
from netful.account.ec2.kinds import KIND, Kind
from netful.account.ec2.listing import described, listed
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import Resource, whole_number

_KIND = KIND["LaunchTemplateId"]
_VERSIONS = Kind("DescribeLaunchTemplateVersions")
_NEWEST = ("$Latest", "$Default")


def found(world: World, named: Mapping[str, Any]) -> Resource:
    """Return the launch template that a request names by its id or its name. Raises ApiError for an unknown one."""
    id_, name = named.get("LaunchTemplateId"), named.get("LaunchTemplateName")
    for one in world.of_type(TYPE):
        if (id_ and id_ in (one.id, world.id(one.id))) or (name and name in (one.id, name_of(one))):
            return one
    if id_:
        raise _KIND.missing(id_)
    if name:
        text = f"The specified launch template, with template name {name}, does not exist."
        raise ApiError("InvalidLaunchTemplateName.NotFoundException", text)
    raise ApiError("MissingParameter", "Either a launch template ID or a launch template name must be specified")


def found_version(world: World, resource: Resource, asked: object) -> int:
    """Return the number of a version that a request names. Raises ApiError for one that there is not."""
    number = numbered(world, resource, asked)
    if number is None:
        text = f"Could not find launch template version {asked} for {name_of(resource)}."
        raise ApiError("InvalidLaunchTemplateId.VersionNotFound", text)
    return number


def _asked(world: World, asked: Parameters) -> Iterator[Record]:
    """Yield the versions that a request asks for: of one launch template, or the newest or default ones of all."""
    wanted = asked.get("Versions") or ()
    if not (asked.get("LaunchTemplateId") or asked.get("LaunchTemplateName")):
        if not wanted or not {*wanted} <= {*_NEWEST}:
            raise ApiError("MissingParameter", "A launch template, or the versions $Latest and $Default, must be named")
        every = world.of_type(TYPE)
        yield from (version(world, one, found_version(world, one, name)) for one in every for name in wanted)
        return
    resource = found(world, asked)
    numbers = [found_version(world, resource, one) for one in wanted] or sorted(versions(world, resource), reverse=True)
    least, most = _bound(asked, "MinVersion", 1), _bound(asked, "MaxVersion", max(numbers))
    yield from (version(world, resource, number) for number in numbers if least <= number <= most)


def _bound(asked: Parameters, name: str, usual: int) -> int:
    number = whole_number(asked.get(name) or usual)
    if number is None:
        raise invalid_value(f"Value ({asked[name]}) for parameter {name} is invalid.")
    return number


def _describe(world: World, asked: Parameters) -> Record:
    named = [
        str(world.id(found(world, {"LaunchTemplateName": one}).id)) for one in asked.get("LaunchTemplateNames") or ()
    ]
    known = world.known({**asked, _KIND.ids: [*(asked.get(_KIND.ids) or ()), *named]}, _KIND.ids)
    return described(_KIND, world, known, [*_KIND.records(world)])


_SAME = ("ImageId", "InstanceType", "KeyName", "EbsOptimized")
_OF_INTERFACES = ("Description", "NetworkInterfaceId", "SubnetId", "InterfaceType")


def _data_of(world: World, asked: Parameters) -> Record:
    """GetLaunchTemplateData: the settings of an instance, as a launch template has them."""
    name = world.existing(asked, "InstanceId")
    one = world.record("InstanceId", name)
    interfaces = [
        {**{name: eni.get(name) for name in _OF_INTERFACES}, "Groups": [each["GroupId"] for each in eni["Groups"]],
         "DeviceIndex": eni["Attachment"]["DeviceIndex"], "DeleteOnTermination": eni["Attachment"]["DeleteOnTermination"],
         "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": eni["PrivateIpAddress"]}]}
        for eni in one["NetworkInterfaces"]
    ]  # fmt: skip
    profile, user_data = one["IamInstanceProfile"], world.said(name).get("UserData")
    tags = [{"ResourceType": "instance", "Tags": one["Tags"]}] if one["Tags"] else []
    return {"LaunchTemplateData": {
        **{name: one[name] for name in _SAME}, "NetworkInterfaces": interfaces, "TagSpecifications": tags,
        "IamInstanceProfile": {"Arn": profile["Arn"]} if profile else None, "Placement": one["Placement"],
        "Monitoring": {"Enabled": one["Monitoring"]["State"] == "enabled"}, "MetadataOptions": one["MetadataOptions"],
        "UserData": user_data if isinstance(user_data, str) else None,
    }}  # fmt: skip


LOOKS: Mapping[str, Look] = {
    "GetLaunchTemplateData": _data_of,
    _KIND.operation: _describe,
    _VERSIONS.operation: lambda world, asked: listed(_VERSIONS, asked, [*_asked(world, asked)]),
}
