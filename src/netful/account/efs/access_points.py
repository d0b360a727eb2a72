"""Access points of EFS, and the tags of file systems and access points."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Remove, new
from netful.account.efs.file_systems import FILE_SYSTEM, name_of, tags_of, tags_property
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, page
from netful.account.records.view import Kind, View, plain
from netful.account.writing import Change, Write, retagging
from netful.model.core import Resource

ACCESS_POINT = Kind("AWS::EFS::AccessPoint", "AccessPoint", "Access point", "elasticfilesystem:{r}:{a}:access-point",
                    "AccessPointNotFound")  # fmt: skip
_ROOT = {"Path": "/"}


def access_point(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an access point."""
    tags = tags_of(resource)
    user = plain(resource, "PosixUser")
    return {
        "AccessPointId": view.id(resource), "AccessPointArn": view.arn(ACCESS_POINT, resource),
        "FileSystemId": view.cloud.aws_id(str(plain(resource, "FileSystemId"))), "OwnerId": view.cloud.account_id,
        "ClientToken": plain(resource, "ClientToken") or view.id(resource), "LifeCycleState": "available",
        "RootDirectory": plain(resource, "RootDirectory") or _ROOT, **({"PosixUser": user} if user else {}),
        **name_of(tags), "Tags": tags,
    }  # fmt: skip


def _describe(view: View, asked: Parameters) -> Record:
    if asked.get("AccessPointId"):
        found = [view.found(ACCESS_POINT, asked["AccessPointId"])]
    elif asked.get("FileSystemId"):
        found = view.referring(ACCESS_POINT, "FileSystemId", view.found(FILE_SYSTEM, asked["FileSystemId"]))
    else:
        found = [*view.of_kind(ACCESS_POINT)]
    return page("AccessPoints", asked, [access_point(view, one) for one in found])


def _create(view: View, asked: Parameters) -> Change[View]:
    system = view.found(FILE_SYSTEM, asked["FileSystemId"])
    given = {name: asked.get(name) for name in ("ClientToken", "PosixUser", "RootDirectory")}
    own = {**given, "FileSystemId": view.id(system), "AccessPointTags": asked.get("Tags")}
    put = new(ACCESS_POINT.type, view.new_id(ACCESS_POINT), {key: one for key, one in own.items() if one is not None})
    return Change((put,), lambda after: access_point(after, after.found(ACCESS_POINT, put.resource.id)))


def _tagged(view: View, asked: Parameters) -> Resource:
    """Return what has an id or an ARN. Raises ApiError for an unknown one."""
    id_ = str(asked.get("ResourceId") or asked["FileSystemId"]).rpartition("/")[
        2
    ]  # the older operations name a file system
    return view.found(ACCESS_POINT if id_.startswith("fsap-") else FILE_SYSTEM, id_)


def _tags(view: View, asked: Parameters) -> Record:
    return page("Tags", asked, tags_of(_tagged(view, asked)))


LOOKS: Mapping[str, Look] = {"DescribeAccessPoints": _describe, "ListTagsForResource": _tags, "DescribeTags": _tags}
WRITES: Mapping[str, Write[View]] = {
    "CreateAccessPoint": _create,
    "DeleteAccessPoint": lambda view, asked: Change((Remove(view.found(ACCESS_POINT, asked["AccessPointId"]).id),)),
    **dict.fromkeys(
        ("CreateTags", "DeleteTags", "TagResource", "UntagResource"), retagging(_tagged, property_=tags_property)
    ),
}
