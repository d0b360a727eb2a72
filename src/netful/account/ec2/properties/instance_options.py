"""Options of instances: metadata, monitoring, profiles, and what a console would show."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.kinds import KIND
from netful.account.ec2.world import Change, Look, World, Write
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.wire.errors import ApiError
from netful.model.identity import ec2_id

_METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags")
_PROFILE = "IamInstanceProfile"


def modify_metadata_options(world: World, asked: Parameters) -> Change:
    """ModifyInstanceMetadataOptions: they are kept; the metadata service itself is the same for all."""
    name = world.existing(asked, "InstanceId")
    before = world.said(name).get("MetadataOptions") or {}
    given = {key: asked[key] for key in _METADATA if key in asked}

    def answer(after: World) -> Record:
        options = after.record("InstanceId", name)["MetadataOptions"]
        return {"InstanceId": after.id(name), "InstanceMetadataOptions": options}

    return Change(world.set(name, MetadataOptions={**before, **given}), answer)


def _monitoring(world: World, asked: Parameters, *, on: bool) -> Change:
    """Switch the detailed monitoring of instances on or off."""
    names = [world.named("InstanceId", one) for one in asked.get("InstanceIds") or ()]
    edits = tuple(edit for name in names for edit in world.set(name, Monitoring=on))
    state = "enabled" if on else "disabled"
    listed = [{"InstanceId": world.id(name), "Monitoring": {"State": state}} for name in names]
    return Change(edits, lambda _world: {"InstanceMonitorings": listed})


# --- profiles ---------------------------------------------------------------------------------------------------------


def profile_associations(world: World) -> Iterator[dict[str, Any]]:
    """Yield the associations of instances with their profiles."""
    for one in KIND["InstanceId"].records(world):
        if one[_PROFILE]:
            yield {
                "AssociationId": ec2_id("iip-assoc", world.cloud.account_id, world.cloud.region, one["InstanceId"]),
                "InstanceId": one["InstanceId"], _PROFILE: one[_PROFILE], "State": "associated", "Timestamp": SOME_TIME,
            }  # fmt: skip


def associate_profile(world: World, asked: Parameters) -> Change:
    """AssociateIamInstanceProfile: an instance has one at most."""
    name = world.existing(asked, "InstanceId")
    if world.record("InstanceId", name)[_PROFILE]:
        raise ApiError("IncorrectState", f"There is an existing association for instance {world.id(name)}")
    return _associated(world, name, asked)


def replace_profile_association(world: World, asked: Parameters) -> Change:
    """ReplaceIamInstanceProfileAssociation."""
    return _associated(world, world.name(_association(world, asked)["InstanceId"]), asked)


def _associated(world: World, name: str, asked: Parameters) -> Change:
    profile = asked[_PROFILE].get("Name") or asked[_PROFILE].get("Arn")
    if not profile:
        raise ApiError("MissingParameter", f"The request must contain the Arn or the Name of the {_PROFILE}")

    def answer(after: World) -> Record:
        found = (one for one in profile_associations(after) if one["InstanceId"] == after.id(name))
        return {"IamInstanceProfileAssociation": next(found)}

    return Change(world.set(name, **{_PROFILE: profile}), answer)


def disassociate_profile(world: World, asked: Parameters) -> Change:
    """DisassociateIamInstanceProfile."""
    gone = {**_association(world, asked), "State": "disassociating"}
    edits = world.set(world.name(gone["InstanceId"]), **{_PROFILE: None})
    return Change(edits, lambda _world: {"IamInstanceProfileAssociation": gone})


def _association(world: World, asked: Parameters) -> dict[str, Any]:
    for one in profile_associations(world):
        if one["AssociationId"] == asked.get("AssociationId"):
            return one
    text = f"An invalid association-id of '{asked.get('AssociationId')}' was given"
    raise ApiError("InvalidAssociationID.NotFound", text)


# --- consoles ---------------------------------------------------------------------------------------------------------


def _empty(member: str, world: World, asked: Parameters) -> Record:
    """Return what an instance does not have: a host has no console, and none runs Windows."""
    return {"InstanceId": world.id(world.existing(asked, "InstanceId")), member: "", "Timestamp": SOME_TIME}


LOOKS: Mapping[str, Look] = {
    "GetConsoleOutput": partial(_empty, "Output"),
    "GetPasswordData": partial(_empty, "PasswordData"),
}
WRITES: Mapping[str, Write] = {
    "ModifyInstanceMetadataOptions": modify_metadata_options,
    "MonitorInstances": partial(_monitoring, on=True),
    "UnmonitorInstances": partial(_monitoring, on=False),
    "AssociateIamInstanceProfile": associate_profile,
    "ReplaceIamInstanceProfileAssociation": replace_profile_association,
    "DisassociateIamInstanceProfile": disassociate_profile,
}
