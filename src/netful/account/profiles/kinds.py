"""Profiles with their VPCs and resources: their kinds and records."""

from typing import Any

from netful.account.records.nouns import Noun
from netful.account.records.view import Kind, View, plain
from netful.model.core import Resource

SERVICE = "route53profiles"
_TYPE = "AWS::Route53Profiles::"
PROFILE = Kind(f"{_TYPE}Profile", "Profile", "Profile", "route53profiles:{r}:{a}:profile")
ASSOCIATION = Kind(f"{_TYPE}ProfileAssociation", "ProfileAssociation", "Profile association",
                   "route53profiles:{r}:{a}:profile-association")  # fmt: skip
RESOURCE = Kind(f"{_TYPE}ProfileResourceAssociation", "ProfileResourceAssociation", "Profile resource association")


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
