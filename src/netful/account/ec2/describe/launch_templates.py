"""Launch templates and their versions as EC2 describes them.

The resource has the default version's settings, as one of a template has its only version's. Where calls made more, each version has
a resource of its own.
"""

from collections.abc import Mapping
from typing import Any

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Resource, known_parts, with_leaves

TYPE, VERSION = "AWS::EC2::LaunchTemplate", "Netful::EC2::LaunchTemplateVersion"
_BEFORE_TIMES = "2025-01-15T00:00:00.000Z"


def launch_template(view: View, resource: Resource) -> Record:
    """Return the record of a launch template."""
    return {
        **_head(view, resource),
        "DefaultVersionNumber": default_version(resource),
        "LatestVersionNumber": max(versions(view, resource)),
    }


def name_of(resource: Resource) -> str:
    """Return the name of a launch template."""
    return str(resource.properties.get("LaunchTemplateName") or resource.id)


def version_resources(view: View, resource: Resource) -> list[Resource]:
    """Return the resources of a launch template's versions."""
    return view.referring(VERSION, LaunchTemplateId=resource.id)


def versions(view: View, resource: Resource) -> dict[int, Mapping[str, Any]]:
    """Return the versions of a launch template with their settings, by number."""
    listed = version_resources(view, resource)
    if listed:
        return {int(one.properties["VersionNumber"]): one.properties for one in listed}
    data = resource.properties.get("LaunchTemplateData")
    first = {"VersionNumber": 1, "LaunchTemplateData": data if isinstance(data, Mapping) else {}}
    description = resource.properties.get("VersionDescription")
    return {1: {**first, **({"VersionDescription": description} if description else {})}}


def default_version(resource: Resource) -> int:
    """Return the number of the version that launches have without another."""
    return int(resource.properties.get("DefaultVersionNumber") or 1)


def numbered(view: View, resource: Resource, asked: object) -> int | None:
    """Return the number of a version: `$Default`, `$Latest`, or a number that there is. None for another."""
    text = str(asked or "$Default")
    if text in ("$Default", "$Latest"):
        return default_version(resource) if text == "$Default" else max(versions(view, resource))
    return int(text) if text.isdecimal() and int(text) in versions(view, resource) else None


def version(view: View, resource: Resource, number: int) -> Record:
    """Return the record of a version."""
    own = versions(view, resource)[number]
    return {
        **_head(view, resource),
        "VersionNumber": number,
        "VersionDescription": own.get("VersionDescription"),
        "DefaultVersion": number == default_version(resource),
        "LaunchTemplateData": _with_ids(view, own["LaunchTemplateData"]),
    }


def _head(view: View, resource: Resource) -> Record:
    return {
        "LaunchTemplateId": view.id(resource.id), "LaunchTemplateName": resource.properties.get("LaunchTemplateName") or resource.id, "CreateTime": _BEFORE_TIMES,
        "CreatedBy": view.cloud.arn("iam", "root"),
    }  # fmt: skip


def _with_ids(view: View, value: Any) -> Any:
    """Return settings with AWS's ids in place of names in the cloud; what is not known is left out."""
    return with_leaves(known_parts(value), lambda one: view.aws_ids.get(one, one) if isinstance(one, str) else one)
