"""Reads of the versions of launch templates."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.launch_templates import TYPE, name_of, numbered, version, versions
from netful.account.ec2.kinds import KINDS, Kind
from netful.account.ec2.listing import described, filtered, page
from netful.account.ec2.view import View
from netful.account.query_api import Parameters
from netful.account.reading import Look, Record
from netful.account.wire.errors import ApiError
from netful.model.core.resource import Resource

_NEWEST = ("$Latest", "$Default")


def found(view: View, named: Mapping[str, Any]) -> Resource:
    """Return the launch template that a request names by its id or its name. Raises ApiError for an unknown one."""
    id_, name = named.get("LaunchTemplateId"), named.get("LaunchTemplateName")
    for one in view.cloud.template.resources.values():
        if one.type == TYPE and (
            (id_ and id_ in (one.id, view.id(one.id))) or (name and name in (one.id, name_of(one)))
        ):
            return one
    if id_:
        text = f"The specified launch template, with template ID {id_}, does not exist."
        raise ApiError("InvalidLaunchTemplateId.NotFound", text)
    if name:
        text = f"The specified launch template, with template name {name}, does not exist."
        raise ApiError("InvalidLaunchTemplateName.NotFoundException", text)
    raise ApiError("MissingParameter", "Either a launch template ID or a launch template name must be specified")


def found_version(view: View, resource: Resource, asked: object) -> int:
    """Return the number of a version that a request names. Raises ApiError for one that there is not."""
    number = numbered(view, resource, asked)
    if number is None:
        text = f"Could not find launch template version {asked} for {name_of(resource)}."
        raise ApiError("InvalidLaunchTemplateId.VersionNotFound", text)
    return number


def _asked(view: View, asked: Parameters) -> Iterator[dict[str, Any]]:
    """Yield the versions that a request asks for: of one launch template, or the newest or default ones of all."""
    wanted = asked.get("Versions") or ()
    if not (asked.get("LaunchTemplateId") or asked.get("LaunchTemplateName")):
        if not wanted or not {*wanted} <= {*_NEWEST}:
            raise ApiError("MissingParameter", "A launch template, or the versions $Latest and $Default, must be named")
        every = (one for one in view.cloud.template.resources.values() if one.type == TYPE)
        yield from (version(view, one, found_version(view, one, name)) for one in every for name in wanted)
        return
    resource = found(view, asked)
    numbers = [found_version(view, resource, one) for one in wanted] or sorted(versions(view, resource), reverse=True)
    least, most = int(asked.get("MinVersion") or 1), int(asked.get("MaxVersion") or max(numbers))
    yield from (version(view, resource, number) for number in numbers if least <= number <= most)


_KIND = next(kind for kind in KINDS if kind.id == "LaunchTemplateId")
_VERSIONS = Kind("DescribeLaunchTemplateVersions", "LaunchTemplateVersions", "VersionNumber", "", ("", ""))


def _describe(view: View, asked: Parameters) -> Record:
    named = [
        str(view.id(found(view, {"LaunchTemplateName": one}).id)) for one in asked.get("LaunchTemplateNames") or ()
    ]
    known = view.known({**asked, _KIND.ids: [*(asked.get(_KIND.ids) or ()), *named]}, _KIND.ids)
    return described(_KIND, view, known, [*_KIND.records(view)])


def _describe_versions(view: View, asked: Parameters) -> Record:
    return page(_VERSIONS.member, asked, filtered(_VERSIONS, asked, [*_asked(view, asked)]))


_INSTANCES = next(kind for kind in KINDS if kind.id == "InstanceId")
_SAME = ("ImageId", "InstanceType", "KeyName", "EbsOptimized")
_OF_INTERFACES = ("Description", "NetworkInterfaceId", "SubnetId", "InterfaceType")


def _data_of(view: View, asked: Parameters) -> Record:
    """GetLaunchTemplateData: the settings of an instance, as a launch template has them."""
    wanted = view.aws_ids.get(asked["InstanceId"], asked["InstanceId"])
    one = next((each for each in _INSTANCES.records(view) if each["InstanceId"] == wanted), None)
    if one is None:
        code, text = _INSTANCES.not_found
        raise ApiError(code, text.format(asked["InstanceId"]))
    resource = view.cloud.template.resources[view.names.get(wanted, wanted)]
    interfaces = [
        {**{name: eni.get(name) for name in _OF_INTERFACES}, "Groups": [each["GroupId"] for each in eni["Groups"]],
         "DeviceIndex": eni["Attachment"]["DeviceIndex"], "DeleteOnTermination": eni["Attachment"]["DeleteOnTermination"],
         "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": eni["PrivateIpAddress"]}]}
        for eni in one["NetworkInterfaces"]
    ]  # fmt: skip
    profile, user_data = one["IamInstanceProfile"], resource.properties.get("UserData")
    tags = [{"ResourceType": "instance", "Tags": one["Tags"]}] if one["Tags"] else []
    return {"LaunchTemplateData": {
        **{name: one[name] for name in _SAME}, "NetworkInterfaces": interfaces, "TagSpecifications": tags,
        "IamInstanceProfile": {"Arn": profile["Arn"]} if profile else None, "Placement": one["Placement"],
        "Monitoring": {"Enabled": one["Monitoring"]["State"] == "enabled"}, "MetadataOptions": one["MetadataOptions"],
        "UserData": user_data if isinstance(user_data, str) else None,
    }}  # fmt: skip


LOOKS: Mapping[str, Look[View]] = {
    "GetLaunchTemplateData": _data_of,
    _KIND.operation: _describe,
    _VERSIONS.operation: _describe_versions,
}
