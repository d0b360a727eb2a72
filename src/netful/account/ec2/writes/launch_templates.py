"""Writes of launch templates, and their part in RunInstances: what the request leaves out is the template's."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Put, Remove, new, updated
from netful.account.ec2.describe.launch_templates import (
    TYPE,
    VERSION,
    default_version,
    name_of,
    version,
    version_resources,
    versions,
)
from netful.account.ec2.launch_template_reads import found, found_version
from netful.account.ec2.world import Change, World, addition, recorded
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Resource, is_set

_OF_SUBNETS = ("SubnetId", "SecurityGroupIds", "SecurityGroups", "PrivateIpAddress")
_BOTH = "Network interfaces and an instance-level {} may not be specified on the same request"
_WORDS = {"SubnetId": "subnet ID", "PrivateIpAddress": "private IP address"}


def with_template(world: World, asked: Parameters) -> Mapping[str, Any]:
    """Return a launch with the settings of the launch template that it names. Raises ApiError if that does not exist."""
    named = asked.get("LaunchTemplate")
    if not named:
        return asked
    template = found(world, named)
    data = versions(world, template)[found_version(world, template, named.get("Version"))]["LaunchTemplateData"]
    settings = {name: one for name, one in data.items() if is_set(one)}
    own = {name: one for name, one in asked.items() if name not in ("LaunchTemplate", "TagSpecifications")}
    parts = _interfaces(settings.get("NetworkInterfaces") or (), own.get("NetworkInterfaces") or ())
    for name in _OF_SUBNETS:
        if parts and own.get(name):
            raise ApiError("InvalidParameterCombination", _BOTH.format(_WORDS.get(name, "security groups")))
    tags = [*(asked.get("TagSpecifications") or ()), *(settings.get("TagSpecifications") or ())]
    return {**settings, **own, "NetworkInterfaces": parts, "TagSpecifications": tags}


def _interfaces(settings: Any, own: Any) -> list[dict[str, Any]]:
    """Return the interfaces of a launch: those of the request, over those of the template with the same index."""
    found: dict[int, dict[str, Any]] = {}
    for part in (*settings, *own):
        index = int(part.get("DeviceIndex") or 0)
        found[index] = {**found.get(index, {}), **part, "DeviceIndex": index}
    return [found[index] for index in sorted(found)]


def create_launch_template(world: World, asked: Parameters) -> Change:
    """CreateLaunchTemplate: its first version is the default one."""
    name = str(asked.get("LaunchTemplateName") or "")
    if any(name == name_of(one) for one in world.of_type(TYPE)):
        raise ApiError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
    own = {
        "LaunchTemplateName": name,
        "LaunchTemplateData": asked.get("LaunchTemplateData") or {},
        "VersionDescription": asked.get("VersionDescription"),
    }
    return addition("LaunchTemplateId", "lt", TYPE, asked, own)


def create_version(world: World, asked: Parameters) -> Change:
    """CreateLaunchTemplateVersion: `SourceVersion` has the settings that the request leaves out."""
    template = found(world, asked)
    every, data = versions(world, template), asked.get("LaunchTemplateData") or {}
    if asked.get("SourceVersion"):
        source = found_version(world, template, asked["SourceVersion"])
        data = {**every[source]["LaunchTemplateData"], **data}
    number = max(every) + 1
    own = {"VersionNumber": number, "VersionDescription": asked.get("VersionDescription"), "LaunchTemplateData": data}
    first = () if version_resources(world, template) else (_put(template, every[1]),)
    edits = (*first, _put(template, own))

    def answer(after: World) -> Mapping[str, Any]:
        return {"LaunchTemplateVersion": version(after, found(after, {"LaunchTemplateId": template.id}), number)}

    return Change(edits, answer)


def _put(template: Resource, own: Mapping[str, Any]) -> Put:
    """Return the edit that adds a version."""
    given = {name: value for name, value in own.items() if value is not None}
    return new(VERSION, f"{template.id}/{own['VersionNumber']}", {**given, "LaunchTemplateId": template.id})


def modify_launch_template(world: World, asked: Parameters) -> Change:
    """ModifyLaunchTemplate: another version is the default one."""
    template = found(world, asked)
    number = found_version(world, template, asked.get("DefaultVersion"))
    data = versions(world, template)[number]["LaunchTemplateData"]
    edit = updated(template, DefaultVersionNumber=number, LaunchTemplateData=data)
    return Change((edit,), recorded("LaunchTemplateId", template.id))


def delete_launch_template(world: World, asked: Parameters) -> Change:
    """DeleteLaunchTemplate, with its versions."""
    template = found(world, asked)
    gone = world.record("LaunchTemplateId", template.id)
    every = (template, *version_resources(world, template))
    return Change(tuple(Remove(one.id) for one in every), lambda _world: {"LaunchTemplate": gone})


def delete_versions(world: World, asked: Parameters) -> Change:
    """DeleteLaunchTemplateVersions: but not the default one."""
    template = found(world, asked)
    every = versions(world, template)
    head = {"LaunchTemplateId": world.id(template.id), "LaunchTemplateName": name_of(template)}
    done, failed = [], []
    for text in asked.get("Versions") or ():
        number = int(text) if str(text).isdecimal() else 0
        one = {**head, "VersionNumber": number}
        if number in every and number != default_version(template):
            done.append(one)
        else:
            failed.append({**one, "ResponseError": _refusal(text, template)})
    gone = {one["VersionNumber"] for one in done}
    of_versions = version_resources(world, template)
    edits = tuple(Remove(one.id) for one in of_versions if one.properties["VersionNumber"] in gone)
    answer = {"SuccessfullyDeletedLaunchTemplateVersions": done, "UnsuccessfullyDeletedLaunchTemplateVersions": failed}
    return Change(edits, lambda _world: answer)


def _refusal(text: object, template: Resource) -> dict[str, str]:
    if str(text) == str(default_version(template)):
        return {"Code": "unexpectedError", "Message": "The default version of a launch template cannot be deleted."}
    return {"Code": "launchTemplateVersionDoesNotExist", "Message": f"Launch template version {text} does not exist."}


WRITES = {
    "CreateLaunchTemplate": create_launch_template,
    "CreateLaunchTemplateVersion": create_version,
    "ModifyLaunchTemplate": modify_launch_template,
    "DeleteLaunchTemplate": delete_launch_template,
    "DeleteLaunchTemplateVersions": delete_versions,
}
