"""The API of Route 53 Profiles: the VPCs of a Profile have its zones, rules, rule groups and endpoints from the call on."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.creation_times import CreationTimes
from netful.account.operations.query_api import Parameters
from netful.account.operations.rest_json_api import RestJsonApi
from netful.account.reading import Record
from netful.account.records import tags
from netful.account.records.looks import Look
from netful.account.records.nouns import Noun
from netful.account.records.view import Kind, View, plain
from netful.account.tags import texts
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Running, Write, operations
from netful.model.core import Resource
from netful.model.json_texts import json_object

SERVICE = "route53profiles"
_TYPE = "AWS::Route53Profiles::"
PROFILE = Kind(f"{_TYPE}Profile", "Profile", "Profile", "route53profiles:{r}:{a}:profile")
ASSOCIATION = Kind(f"{_TYPE}ProfileAssociation", "ProfileAssociation", "Profile association",
                   "route53profiles:{r}:{a}:profile-association")  # fmt: skip
RESOURCE = Kind(f"{_TYPE}ProfileResourceAssociation", "ProfileResourceAssociation", "Profile resource association")
_MISSING, _APART = "ResourceNotFoundException", "'{1}' is not associated with the Profile {0}"


def profile(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a Profile."""
    return {**_head(view, resource), "Arn": view.arn(PROFILE, resource), "ShareStatus": "NOT_SHARED",
            "ClientToken": plain(resource, "ClientToken")}  # fmt: skip


def association(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an association of a Profile with a VPC."""
    place = {name: view.cloud.aws_id(str(plain(resource, name))) for name in ("ProfileId", "ResourceId")}
    return {**_head(view, resource), **place}


def resource_association(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a resource of a Profile."""
    arn = str(plain(resource, "ResourceArn"))
    return {
        **_head(view, resource),
        "ProfileId": view.cloud.aws_id(str(plain(resource, "ProfileId"))),
        "ResourceArn": arn,
        "ResourceType": type_of(arn),
        "ResourceProperties": plain(resource, "ResourceProperties"),
    }


PROFILES, ASSOCIATIONS, RESOURCES = (
    Noun(SERVICE, kind, record, "DELETED")
    for kind, record in ((PROFILE, profile), (ASSOCIATION, association), (RESOURCE, resource_association))
)
_TYPES = {
    "hostedzone": "PRIVATE_HOSTED_ZONE",
    "resolver-rule": "RESOLVER_RULE",
    "firewall-rule-group": "FIREWALL_RULE_GROUP",
    "vpc-endpoint": "VPC_ENDPOINT",
    "resolver-query-log-config": "RESOLVER_QUERY_LOG_CONFIG",
}


def type_of(arn: str) -> str | None:
    """Return the type of a resource that a Profile can have, by its ARN; None for another."""
    return _TYPES.get(arn.rpartition(":")[2].partition("/")[0])


def _head(view: View, resource: Resource) -> dict[str, Any]:
    id_ = view.id(resource)
    time = view.created.of(id_)
    return {
        "Id": id_, "Name": plain(resource, "Name"), "OwnerId": view.cloud.account_id, "Status": "COMPLETE",
        "StatusMessage": "", "CreationTime": time, "ModificationTime": time,
    }  # fmt: skip


def _tags(view: View, asked: Parameters) -> Record:
    resource = view.with_arn((PROFILE, ASSOCIATION), asked["ResourceArn"])
    return {"Tags": texts(resource.properties.get("Tags"))}


def _associate(view: View, asked: Parameters) -> Change[View]:
    """AssociateProfile: a VPC has one Profile."""
    profile, place = PROFILES.found(view, asked), view.name(asked["ResourceId"])
    if place not in view.cloud.network.vpcs:
        raise ApiError(_MISSING, f"The vpc ID '{asked['ResourceId']}' does not exist")
    if any(view.name(one.properties.get("ResourceId")) == place for one in view.of_kind(ASSOCIATION)):
        raise ApiError("ConflictException", f"The VPC {asked['ResourceId']} is associated with a Profile already")
    return ASSOCIATIONS.added(view, asked, {"ProfileId": view.id(profile), "ResourceId": view.cloud.aws_id(place)})


def _associate_resource(view: View, asked: Parameters) -> Change[View]:
    """AssociateResourceToProfile: all VPCs of the Profile have the resource."""
    profile, arn = PROFILES.found(view, asked), asked["ResourceArn"]
    if type_of(arn) is None:
        raise ApiError("InvalidParameterException", f"'{arn}' is not a resource that a Profile can have")
    if view.name(arn.rpartition("/")[2]) not in view.cloud.template.resources:
        raise ApiError(_MISSING, f"The resource '{arn}' does not exist")
    others = view.referring(RESOURCE, "ProfileId", profile)
    if any(one.properties.get("ResourceArn") == arn for one in others):
        raise ApiError("ConflictException", f"'{arn}' is associated with the Profile already")
    more = asked.get("ResourceProperties")
    _check_priority(arn, more)
    return RESOURCES.added(view, asked, {"ProfileId": view.id(profile), "ResourceArn": arn, "ResourceProperties": more})


def _check_priority(arn: str, properties: str | None) -> None:
    """Raise ApiError for a rule group of DNS Firewall without its priority."""
    if type_of(arn) != "FIREWALL_RULE_GROUP":
        return
    if not isinstance(json_object(properties or "").get("priority"), int):
        text = 'A rule group needs a priority in ResourceProperties, such as {"priority":102}'
        raise ApiError("InvalidParameterException", text)


def _update_resource(view: View, asked: Parameters) -> Change[View]:
    if "ResourceProperties" in asked:
        _check_priority(str(RESOURCES.found(view, asked).properties.get("ResourceArn")), asked["ResourceProperties"])
    return RESOURCES.update("Name", "ResourceProperties")(view, asked)


LOOKS: Mapping[str, Look] = {
    **PROFILES.looks(),
    **ASSOCIATIONS.looks(),
    **RESOURCES.looks(),
    "ListTagsForResource": _tags,
}
WRITES: Mapping[str, Write[View]] = {
    "CreateProfile": lambda view, asked: PROFILES.added(view, asked, {"ClientToken": asked["ClientToken"]}),
    "DeleteProfile": PROFILES.delete("ConflictException", "The Profile {} has associations", ASSOCIATION, RESOURCE),
    "AssociateProfile": _associate,
    "UpdateProfileAssociation": ASSOCIATIONS.update("Name"),
    "DisassociateProfile": ASSOCIATIONS.disassociate(PROFILES, "ResourceId", _APART),
    "AssociateResourceToProfile": _associate_resource,
    "UpdateProfileResourceAssociation": _update_resource,
    "DisassociateResourceFromProfile": RESOURCES.disassociate(PROFILES, "ResourceArn", _APART),
    **tags.writes((PROFILE, ASSOCIATION)),
}


class ProfilesApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View, created=CreationTimes())
        self.operations = operations(running, view, LOOKS, WRITES, "InvalidParameterException", "ConflictException")
        self.handle = RestJsonApi(SERVICE, self.operations).handle
