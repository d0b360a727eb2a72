"""Configurations of query logging, and their VPCs: records, as nothing logs queries here."""

from collections.abc import Mapping
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.records.looks import Look
from netful.account.records.nouns import Noun
from netful.account.records.view import View, plain
from netful.account.resolver.kinds import LOGGING, LOGGING_ASSOCIATION, SERVICE, head, vpc
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource

_CONFIG, _RESOURCE = "ResolverQueryLogConfigId", "ResourceId"


def config(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a configuration."""
    found = {
        **head(view, LOGGING, resource), "OwnerId": view.cloud.account_id, "Status": "CREATED",
        "ShareStatus": "NOT_SHARED", "DestinationArn": plain(resource, "DestinationArn"),
        "AssociationCount": len(view.referring(LOGGING_ASSOCIATION, _CONFIG, resource)),
    }  # fmt: skip
    return {name: value for name, value in found.items() if name != "ModificationTime"}


def association(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an association with a VPC."""
    return {
        "Id": view.id(resource),
        _CONFIG: view.cloud.aws_id(str(plain(resource, _CONFIG))),
        _RESOURCE: view.cloud.aws_id(str(plain(resource, _RESOURCE))),
        "Status": "ACTIVE",
        "Error": "NONE",
        "ErrorMessage": "",
        "CreationTime": view.time(resource),
    }


_CONFIGS = Noun(SERVICE, LOGGING, config)
_ASSOCIATIONS = Noun(SERVICE, LOGGING_ASSOCIATION, association)


def _associate(view: View, asked: Parameters) -> Change[View]:
    resource, place = _CONFIGS.found(view, asked), vpc(view, asked[_RESOURCE])
    others = view.referring(LOGGING_ASSOCIATION, _CONFIG, resource)
    if any(view.name(one.properties.get(_RESOURCE)) == place for one in others):
        raise ApiError("ResourceExistsException", f"{view.id(resource)} is associated with {asked[_RESOURCE]} already")
    own = {_CONFIG: view.id(resource), _RESOURCE: view.cloud.aws_id(place)}
    return _ASSOCIATIONS.added(view, {}, own)


LOOKS: Mapping[str, Look] = {**_CONFIGS.looks(), **_ASSOCIATIONS.looks()}
WRITES: Mapping[str, Write[View]] = {
    "CreateResolverQueryLogConfig": lambda view, asked: _CONFIGS.added(
        view, asked, {"DestinationArn": asked["DestinationArn"]}
    ),
    "DeleteResolverQueryLogConfig": _CONFIGS.delete(
        "InvalidRequestException", "{} is associated with a VPC", LOGGING_ASSOCIATION
    ),
    "AssociateResolverQueryLogConfig": _associate,
    "DisassociateResolverQueryLogConfig": _ASSOCIATIONS.disassociate(
        _CONFIGS, _RESOURCE, "{} is not associated with {}"
    ),
}
