"""Options of instances: metadata, monitoring, profiles, and what a console would show."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.describe.instances import instances
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World, record
from netful.account.wire.errors import ApiError
from netful.model.identity import ec2_id

Properties = Mapping[str, Any]
_METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags")
_PROFILE = "IamInstanceProfile"


def modify_metadata_options(world: World, asked: Properties) -> Change:
    """ModifyInstanceMetadataOptions: they are kept; the metadata service itself is the same for all."""
    name = world.existing(asked, "InstanceId")
    resource, aws_id = world.resource(name), str(world.view.id(name))
    before = (resource.properties.get("MetadataOptions") if resource else None) or {}
    given = {key: asked[key] for key in _METADATA if key in asked}

    def answer(view: View) -> Mapping[str, Any]:
        options = record(view, "InstanceId", aws_id)["MetadataOptions"]
        return {"InstanceId": aws_id, "InstanceMetadataOptions": options}

    return Change(world.set(name, MetadataOptions={**before, **given}), answer)


def _monitoring(*, on: bool) -> Callable[[World, Properties], Change]:
    def change(world: World, asked: Properties) -> Change:
        """Switch the detailed monitoring of instances on or off."""
        names = [world.named("InstanceId", one) for one in asked.get("InstanceIds") or ()]
        edits = tuple(edit for name in names for edit in world.set(name, Monitoring=on))
        state = "enabled" if on else "disabled"
        listed = [{"InstanceId": world.view.id(name), "Monitoring": {"State": state}} for name in names]
        return Change(edits, lambda _view: {"InstanceMonitorings": listed})

    return change


# --- profiles ---------------------------------------------------------------------------------------------------------


def profile_associations(view: View) -> Iterator[dict[str, Any]]:
    """Yield the associations of instances with their profiles."""
    for one in instances(view):
        if one[_PROFILE]:
            yield {
                "AssociationId": ec2_id("iip-assoc", view.cloud.account_id, view.cloud.region, one["InstanceId"]),
                "InstanceId": one["InstanceId"], _PROFILE: one[_PROFILE], "State": "associated", "Timestamp": SOME_TIME,
            }  # fmt: skip


def associate_profile(world: World, asked: Properties) -> Change:
    """AssociateIamInstanceProfile: an instance has one at most."""
    name = world.existing(asked, "InstanceId")
    aws_id = str(world.view.id(name))
    if any(one["InstanceId"] == aws_id for one in profile_associations(world.view)):
        raise ApiError("IncorrectState", f"There is an existing association for instance {aws_id}")
    return _associated(world, name, asked)


def replace_profile_association(world: World, asked: Properties) -> Change:
    """ReplaceIamInstanceProfileAssociation."""
    return _associated(world, world.name(_association(world, asked)["InstanceId"]), asked)


def _associated(world: World, name: str, asked: Properties) -> Change:
    profile, aws_id = asked.get(_PROFILE) or {}, str(world.view.id(name))

    def answer(view: View) -> Mapping[str, Any]:
        return {"IamInstanceProfileAssociation": _of_instance(view, aws_id)}

    return Change(world.set(name, **{_PROFILE: profile.get("Name") or profile.get("Arn")}), answer)


def disassociate_profile(world: World, asked: Properties) -> Change:
    """DisassociateIamInstanceProfile."""
    gone = {**_association(world, asked), "State": "disassociating"}
    edits = world.set(world.name(gone["InstanceId"]), **{_PROFILE: None})
    return Change(edits, lambda _view: {"IamInstanceProfileAssociation": gone})


def _association(world: World, asked: Properties) -> dict[str, Any]:
    for one in profile_associations(world.view):
        if one["AssociationId"] == asked.get("AssociationId"):
            return one
    text = f"An invalid association-id of '{asked.get('AssociationId')}' was given"
    raise ApiError("InvalidAssociationID.NotFound", text)


def _of_instance(view: View, aws_id: str) -> dict[str, Any]:
    return next(one for one in profile_associations(view) if one["InstanceId"] == aws_id)


# --- consoles ---------------------------------------------------------------------------------------------------------


def console_output(view: View, asked: Properties) -> Mapping[str, Any]:
    """GetConsoleOutput: a host has no console."""
    return {"InstanceId": _instance(view, asked), "Output": "", "Timestamp": SOME_TIME}


def password_data(view: View, asked: Properties) -> Mapping[str, Any]:
    """GetPasswordData: no host has Windows."""
    return {"InstanceId": _instance(view, asked), "PasswordData": "", "Timestamp": SOME_TIME}


def _instance(view: View, asked: Properties) -> str | None:
    return view.id(World(view.cloud, view).existing(asked, "InstanceId"))


LOOKS: Mapping[str, Callable[[View, Properties], Mapping[str, Any]]] = {
    "GetConsoleOutput": console_output,
    "GetPasswordData": password_data,
}
WRITES: Mapping[str, Callable[[World, Properties], Change]] = {
    "ModifyInstanceMetadataOptions": modify_metadata_options,
    "MonitorInstances": _monitoring(on=True),
    "UnmonitorInstances": _monitoring(on=False),
    "AssociateIamInstanceProfile": associate_profile,
    "ReplaceIamInstanceProfileAssociation": replace_profile_association,
    "DisassociateIamInstanceProfile": disassociate_profile,
}
