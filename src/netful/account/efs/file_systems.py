"""File systems of EFS with their settings."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account.changes import Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging, Record
from netful.account.records.looks import Look
from netful.account.records.view import Kind, View, plain
from netful.account.tags import tag_list
from netful.account.wire.errors import ApiError
from netful.account.wire.json_texts import decoded
from netful.account.writing import Change, Write
from netful.model.core import Resource

FILE_SYSTEM = Kind("AWS::EFS::FileSystem", "FileSystem", "File system", "elasticfilesystem:{r}:{a}:file-system",
                   "FileSystemNotFound")  # fmt: skip
MOUNT_TARGET = Kind("AWS::EFS::MountTarget", "MountTarget", "Mount target", missing="MountTargetNotFound")
_GIVEN = ("PerformanceMode", "Encrypted", "KmsKeyId", "ThroughputMode", "ProvisionedThroughputInMibps",
          "AvailabilityZoneName")  # fmt: skip
page = Paging("Marker", "NextMarker", "MaxItems", 100, "BadRequest", "The marker '{}' is not valid").page
_TAGS, _TOKEN = "FileSystemTags", "CreationToken"


def tags_of(resource: Resource) -> list[dict[str, str]]:
    """Return the known tags of a file system or an access point."""
    return tag_list(resource.properties.get(tags_property(resource)))


def tags_property(resource: Resource) -> str:
    """Return the property with the tags of a resource."""
    return _TAGS if resource.type == FILE_SYSTEM.type else "AccessPointTags"


def name_of(tags: list[dict[str, str]]) -> dict[str, str]:
    """Return the member with the name of a thing: the value of its tag `Name`."""
    named = next((one["Value"] for one in tags if one["Key"] == "Name"), None)
    return {} if named is None else {"Name": named}


def file_system(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a file system."""
    tags = tags_of(resource)
    return {
        "FileSystemId": view.id(resource),
        "FileSystemArn": view.arn(FILE_SYSTEM, resource),
        "OwnerId": view.cloud.account_id,
        _TOKEN: plain(resource, _TOKEN) or view.id(resource),
        "CreationTime": view.created.of(view.id(resource)),
        "LifeCycleState": "available",
        **name_of(tags),
        "NumberOfMountTargets": len(view.referring(MOUNT_TARGET, "FileSystemId", resource)),
        "SizeInBytes": {"Value": 6144, "ValueInIA": 0, "ValueInStandard": 6144},
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "bursting",
        "Encrypted": False,
        **{name: plain(resource, name) for name in _GIVEN if plain(resource, name) is not None},
        "FileSystemProtection": {"ReplicationOverwriteProtection": "ENABLED"},
        "Tags": tags,
    }


def _describe(view: View, asked: Parameters) -> Record:
    wanted = (
        [view.found(FILE_SYSTEM, asked["FileSystemId"])] if asked.get("FileSystemId") else view.of_kind(FILE_SYSTEM)
    )
    found = [file_system(view, one) for one in wanted]
    return page("FileSystems", asked, [one for one in found if asked.get(_TOKEN) in (None, one[_TOKEN])])


def _create(view: View, asked: Parameters) -> Change[View]:
    token = str(asked[_TOKEN])
    there = next((one for one in view.of_kind(FILE_SYSTEM) if plain(one, _TOKEN) == token), None)
    if there is not None:
        raise ApiError(
            "FileSystemAlreadyExists", f"File system '{view.id(there)}' already exists with creation token '{token}'"
        )
    own = {_TOKEN: token, _TAGS: asked.get("Tags"), **{name: asked.get(name) for name in _GIVEN}}
    put = new(FILE_SYSTEM.type, view.new_id(FILE_SYSTEM), {key: one for key, one in own.items() if one is not None})
    return Change((put,), _answer(put.resource.id))


def _answer(id_: str) -> Callable[[View], Mapping[str, Any]]:
    return lambda after: file_system(after, after.found(FILE_SYSTEM, id_))


def _update(view: View, asked: Parameters) -> Change[View]:
    resource = view.found(FILE_SYSTEM, asked["FileSystemId"])
    given = {name: asked[name] for name in ("ThroughputMode", "ProvisionedThroughputInMibps") if name in asked}
    return Change((updated(resource, **given),), _answer(resource.id))


def _delete(view: View, asked: Parameters) -> Change[View]:
    """DeleteFileSystem: it must have no mount targets."""
    resource = view.found(FILE_SYSTEM, asked["FileSystemId"])
    if view.referring(MOUNT_TARGET, "FileSystemId", resource):
        raise ApiError("FileSystemInUse", f"File system '{view.id(resource)}' has mount targets")
    return Change((Remove(resource.id),), lambda _after: {})


def _setting(name: str, usual: Any, view: View, asked: Parameters) -> Record:
    """Return a setting of a file system."""
    return {name: plain(view.found(FILE_SYSTEM, asked["FileSystemId"]), name) or usual}


def _put_setting(name: str, view: View, asked: Parameters) -> Change[View]:
    resource = view.found(FILE_SYSTEM, asked["FileSystemId"])
    return Change((updated(resource, **{name: asked[name]}),), lambda _after: {name: asked[name]})


def _policy(view: View, asked: Parameters) -> Record:
    resource = view.found(FILE_SYSTEM, asked["FileSystemId"])
    policy = resource.properties.get("FileSystemPolicy")
    if policy is None:
        raise ApiError("PolicyNotFound", f"File system '{view.id(resource)}' has no policy")
    return {"FileSystemId": view.id(resource), "Policy": policy}


def _put_policy(view: View, asked: Parameters) -> Change[View]:
    resource = view.found(FILE_SYSTEM, asked["FileSystemId"])
    policy = decoded(asked["Policy"], ApiError("InvalidPolicyException", "The policy is not valid JSON"))
    return Change((updated(resource, FileSystemPolicy=policy),), lambda after: _policy(after, asked))


LOOKS: Mapping[str, Look] = {
    "DescribeFileSystems": _describe,
    "DescribeLifecycleConfiguration": partial(_setting, "LifecyclePolicies", []),
    "DescribeBackupPolicy": partial(_setting, "BackupPolicy", {"Status": "DISABLED"}),
    "DescribeFileSystemPolicy": _policy,
}
WRITES: Mapping[str, Write[View]] = {
    "CreateFileSystem": _create,
    "UpdateFileSystem": _update,
    "DeleteFileSystem": _delete,
    "PutLifecycleConfiguration": partial(_put_setting, "LifecyclePolicies"),
    "PutBackupPolicy": partial(_put_setting, "BackupPolicy"),
    "PutFileSystemPolicy": _put_policy,
}
