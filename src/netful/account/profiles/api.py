"""The API of Route 53 Profiles: the VPCs of a Profile have its zones, rules, rule groups and endpoints from the call on."""

import json
from collections.abc import Mapping
from functools import partial

from netful.account import reading
from netful.account.changes import updated
from netful.account.creation_times import CreationTimes
from netful.account.profiles.kinds import ASSOCIATION, PROFILE, RECORDS, RESOURCE, SERVICE, type_of
from netful.account.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.changes import added, answered, removed
from netful.account.records.looks import Look, of_kind
from netful.account.records.tags import retagged
from netful.account.records.view import Kind, View
from netful.account.rest_json_api import RestJsonApi
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Running, Write, Writer
from netful.model.core.resource import Resource

_MISSING = "ResourceNotFoundException"


def _tags(view: View, asked: Parameters) -> Record:
    resource = view.with_arn((PROFILE, ASSOCIATION), asked["ResourceArn"])
    return {"Tags": {tag["Key"]: tag["Value"] for tag in view.tags(resource)}}


def _tag(view: View, asked: Parameters) -> Change[View]:
    resource = view.with_arn((PROFILE, ASSOCIATION), asked["ResourceArn"])
    added = [{"Key": key, "Value": value} for key, value in (asked.get("Tags") or {}).items()]
    listed = retagged(view.tags(resource), added, asked.get("TagKeys"))
    return Change((updated(resource, Tags=listed or None),), lambda _after: {})


def _create(view: View, asked: Parameters) -> Change[View]:
    own = {"Name": asked["Name"], "ClientToken": asked["ClientToken"], "Tags": asked.get("Tags")}
    return added(view, PROFILE, RECORDS[PROFILE], own)


def _delete(view: View, asked: Parameters) -> Change[View]:
    """DeleteProfile: no VPC and no resource may be associated with it."""
    resource = view.found(PROFILE, asked["ProfileId"])
    if any(view.referring(kind, "ProfileId", resource) for kind in (ASSOCIATION, RESOURCE)):
        raise ApiError("ConflictException", f"The Profile {view.id(resource)} has associations")
    return removed(PROFILE, RECORDS[PROFILE], view, resource, "DELETED")


def _associate(view: View, asked: Parameters) -> Change[View]:
    """AssociateProfile: a VPC has one Profile."""
    profile, place = view.found(PROFILE, asked["ProfileId"]), view.name(asked["ResourceId"])
    if place not in view.cloud.network.vpcs:
        raise ApiError(_MISSING, f"The vpc ID '{asked['ResourceId']}' does not exist")
    if any(view.name(one.properties.get("ResourceId")) == place for one in view.of_kind(ASSOCIATION)):
        raise ApiError("ConflictException", f"The VPC {asked['ResourceId']} is associated with a Profile already")
    own = {"ProfileId": view.id(profile), "ResourceId": view.cloud.aws_id(place), "Name": asked["Name"]}
    return added(view, ASSOCIATION, RECORDS[ASSOCIATION], {**own, "Tags": asked.get("Tags")})


def _disassociate(view: View, asked: Parameters) -> Change[View]:
    return removed(
        ASSOCIATION, RECORDS[ASSOCIATION], view, _associated(view, ASSOCIATION, "ResourceId", asked), "DELETED"
    )


def _associate_resource(view: View, asked: Parameters) -> Change[View]:
    """AssociateResourceToProfile: all VPCs of the Profile have the resource."""
    profile, arn = view.found(PROFILE, asked["ProfileId"]), asked["ResourceArn"]
    if type_of(arn) is None:
        raise ApiError("InvalidParameterException", f"'{arn}' is not a resource that a Profile can have")
    if view.name(arn.rpartition("/")[2]) not in view.cloud.template.resources:
        raise ApiError(_MISSING, f"The resource '{arn}' does not exist")
    others = view.referring(RESOURCE, "ProfileId", profile)
    if any(one.properties.get("ResourceArn") == arn for one in others):
        raise ApiError("ConflictException", f"'{arn}' is associated with the Profile already")
    more = asked.get("ResourceProperties")
    _check_priority(arn, more)
    own = {"ProfileId": view.id(profile), "ResourceArn": arn, "Name": asked["Name"], "ResourceProperties": more}
    return added(view, RESOURCE, RECORDS[RESOURCE], own)


def _check_priority(arn: str, properties: str | None) -> None:
    """Raise ApiError for a rule group of DNS Firewall without its priority."""
    if type_of(arn) != "FIREWALL_RULE_GROUP":
        return
    try:
        priority = json.loads(properties or "{}").get("priority")
    except (ValueError, AttributeError):
        priority = None
    if not isinstance(priority, int):
        text = 'A rule group needs a priority in ResourceProperties, such as {"priority":102}'
        raise ApiError("InvalidParameterException", text)


def _disassociate_resource(view: View, asked: Parameters) -> Change[View]:
    return removed(RESOURCE, RECORDS[RESOURCE], view, _associated(view, RESOURCE, "ResourceArn", asked), "DELETED")


def _associated(view: View, kind: Kind, property_: str, asked: Parameters) -> Resource:
    profile = view.found(PROFILE, asked["ProfileId"])
    for one in view.referring(kind, "ProfileId", profile):
        if view.name(one.properties.get(property_)) == view.name(asked[property_]):
            return one
    raise ApiError(_MISSING, f"'{asked[property_]}' is not associated with the Profile {asked['ProfileId']}")


def _update(kind: Kind, view: View, asked: Parameters) -> Change[View]:
    resource = view.found(kind, asked[kind.id_member])
    given = {name: asked[name] for name in ("Name", "ResourceProperties") if name in asked}
    if kind is RESOURCE and "ResourceProperties" in given:
        _check_priority(str(resource.properties.get("ResourceArn")), given["ResourceProperties"])
    return Change((updated(resource, **given),), answered(kind, RECORDS[kind], resource.id))


LOOKS: Mapping[str, Look] = {
    **{name: look for kind, record in RECORDS.items() for name, look in of_kind(SERVICE, kind, record).items()},
    "ListTagsForResource": _tags,
}
WRITES: Mapping[str, Write[View]] = {
    "CreateProfile": _create,
    "DeleteProfile": _delete,
    "AssociateProfile": _associate,
    "UpdateProfileAssociation": partial(_update, ASSOCIATION),
    "DisassociateProfile": _disassociate,
    "AssociateResourceToProfile": _associate_resource,
    "UpdateProfileResourceAssociation": partial(_update, RESOURCE),
    "DisassociateResourceFromProfile": _disassociate_resource,
    "TagResource": _tag,
    "UntagResource": _tag,
}


class ProfilesApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View, created=CreationTimes())
        writer = Writer(running, view, "InvalidParameterException", "ConflictException")
        self.operations = {**reading.operations(LOOKS, lambda: view(running.cloud)), **writer.operations(WRITES)}
        self.handle = RestJsonApi(SERVICE, self.operations).handle
