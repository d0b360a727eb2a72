"""Launch templates of stacks in RunInstances: what the request leaves out is the template's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.account.ec2.world import World
from netful.account.wire.errors import ApiError
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown

_TYPE = "AWS::EC2::LaunchTemplate"
_OF_SUBNETS = ("SubnetId", "SecurityGroupIds", "SecurityGroups", "PrivateIpAddress")
_BOTH = "Network interfaces and an instance-level {} may not be specified on the same request"
_WORDS = {"SubnetId": "subnet ID", "PrivateIpAddress": "private IP address"}


def with_template(world: World, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a launch with the settings of the launch template that it names. Raises ApiError if that does not exist."""
    named = asked.get("LaunchTemplate")
    if not named:
        return asked
    data = _found(world, named).properties.get("LaunchTemplateData")
    settings = {name: one for name, one in (data if isinstance(data, Mapping) else {}).items() if _known(one)}
    own = {name: one for name, one in asked.items() if name not in ("LaunchTemplate", "TagSpecifications")}
    parts = _interfaces(settings.get("NetworkInterfaces") or (), own.get("NetworkInterfaces") or ())
    for name in _OF_SUBNETS:
        if parts and own.get(name):
            raise ApiError("InvalidParameterCombination", _BOTH.format(_WORDS.get(name, "security groups")))
    tags = [*(asked.get("TagSpecifications") or ()), *(settings.get("TagSpecifications") or ())]
    return {**settings, **own, "NetworkInterfaces": parts, "TagSpecifications": tags}


def _known(value: Any) -> bool:
    return value is not None and not isinstance(value, Unknown)


def _found(world: World, named: Mapping[str, Any]) -> Resource:
    id_, name = named.get("LaunchTemplateId"), named.get("LaunchTemplateName")
    for one in world.of_type(_TYPE):
        if (id_ and id_ in (one.id, world.view.id(one.id))) or (
            name and name in (one.id, one.properties.get("LaunchTemplateName"))
        ):
            return one
    if id_:
        text = f"The specified launch template, with template ID {id_}, does not exist."
        raise ApiError("InvalidLaunchTemplateId.NotFound", text)
    text = f"The specified launch template, with template name {name}, does not exist."
    raise ApiError("InvalidLaunchTemplateName.NotFoundException", text)


def _interfaces(settings: Any, own: Any) -> list[dict[str, Any]]:
    """Return the interfaces of a launch: those of the request, over those of the template with the same index."""
    found: dict[int, dict[str, Any]] = {}
    for part in (*settings, *own):
        index = int(part.get("DeviceIndex") or 0)
        found[index] = {**found.get(index, {}), **part, "DeviceIndex": index}
    return [found[index] for index in sorted(found)]
