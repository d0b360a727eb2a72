"""Writes of caches and subnet groups. A cache has interfaces in its subnets, and names, before the call is answered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.account import writing
from netful.account.changes import Edit, Remove, new, updated
from netful.account.managed import caches
from netful.account.managed.caches import CLUSTERS, GROUPS, SERVERLESS, SUBNETS
from netful.account.managed.rds_writes import security_groups
from netful.account.managed.view import Kind, View, plain
from netful.account.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource

Change = writing.Change[View]

_GROUP_NAME, _DEFAULT = "CacheSubnetGroupName", "default"
_NOT_STORED = ("SecurityGroupIds", "SubnetIds", "AuthToken", "ApplyImmediately", "CacheClusterId", _GROUP_NAME)


class _Cache(Frozen):
    """A kind of caches: the member with a name, the member of answers, its record, and the property of its security groups.

    `exists` is the error for a name that is taken. The id of what a call makes begins with `prefix`.
    """

    kind: Kind
    member: str
    answer: str
    record: Callable[[View, Resource], dict[str, Any]]
    groups: str
    exists: str
    prefix: str

    def create(self, view: View, asked: Parameters) -> Change:
        """Create one."""
        name, edits = str(asked[self.member]).lower(), list[Edit]()
        if any(name == view.identifier(self.kind, one) for one in view.of_kind(self.kind)):
            raise ApiError(self.exists, f"{self.answer} already exists")
        place: dict[str, Any]
        if self.kind is SERVERLESS:
            place = {"SubnetIds": _subnets(view, asked["SubnetIds"]) if asked.get("SubnetIds") else _of_default(view)}
        else:
            group, edits = _group(view, asked.get(_GROUP_NAME))
            place = {_GROUP_NAME: group}
        own = {**self._stored(view, asked), **place, self.kind.name: name}
        id_ = f"{self.prefix}{name}"
        return Change((*edits, new(self.kind.types[0], id_, own)), self._answer(id_))

    def _stored(self, view: View, asked: Parameters) -> dict[str, Any]:
        """Return the properties that a request sets; those of tags and groups are CloudFormation's."""
        own = {name: value for name, value in asked.items() if name not in _NOT_STORED}
        groups = security_groups(view, asked.get("SecurityGroupIds"))
        return own if groups is None else {**own, self.groups: groups}

    def _answer(self, id_: str) -> Callable[[View], Mapping[str, Any]]:
        return lambda after: {self.answer: self.record(after, after.cloud.template.resources[id_])}

    def modify(self, view: View, asked: Parameters) -> Change:
        """Change one, at once."""
        resource = view.found(self.kind, asked[self.member])
        own = {name: value for name, value in self._stored(view, asked).items() if name != self.member}
        return Change((updated(resource, **own),), self._answer(resource.id))

    def delete(self, view: View, asked: Parameters) -> Change:
        """Delete one, with its interfaces."""
        resource = view.found(self.kind, asked[self.member])
        record = self.record(view, resource)
        status = next(name for name in ("CacheClusterStatus", "Status") if name in record)
        return Change((Remove(resource.id),), lambda _after: {self.answer: {**record, status: "deleting"}})


_CACHES = (
    _Cache(CLUSTERS, "CacheClusterId", "CacheCluster", caches.cluster, "VpcSecurityGroupIds", "CacheClusterAlreadyExists",
           "cache/"),
    _Cache(GROUPS, "ReplicationGroupId", "ReplicationGroup", caches.group, "SecurityGroupIds",
           "ReplicationGroupAlreadyExists", "replicationgroup/"),
    _Cache(SERVERLESS, "ServerlessCacheName", "ServerlessCache", caches.serverless, "SecurityGroupIds",
           "ServerlessCacheAlreadyExistsFault", "serverlesscache/"),
)  # fmt: skip


# --- subnets ----------------------------------------------------------------------------------------------------------


def _group(view: View, asked: object) -> tuple[str, list[Edit]]:
    """Return the subnet group of a new cache; without one it is that of the default VPC, which AWS makes."""
    if asked:
        return view.found(SUBNETS, asked).id, []
    there = (one.id for one in view.of_kind(SUBNETS) if view.identifier(SUBNETS, one) == _DEFAULT)
    known = next(there, None)
    if known is not None:
        return known, []
    id_ = f"cachesubnetgroup/{_DEFAULT}"
    own = {_GROUP_NAME: _DEFAULT, "Description": "Default CacheSubnetGroup", "SubnetIds": _of_default(view)}
    return id_, [new(SUBNETS.types[0], id_, own)]


def _of_default(view: View) -> list[str]:
    """Return the subnets of the default VPC. Raises ApiError without one."""
    found = [one for one in view.cloud.network.subnets if view.ec2.is_default(one)]
    if not found:
        raise ApiError("InvalidParameterValue", "Your account does not have a default VPC: name a cache subnet group")
    return found


def _subnets(view: View, asked: Iterable[str]) -> list[str]:
    given = [*asked]
    names = [view.ec2.names.get(one, one) for one in given]
    missing = next(
        (one for one, name in zip(given, names, strict=True) if name not in view.cloud.network.subnets), None
    )
    if missing is not None:
        raise ApiError("InvalidSubnet", f"The subnet ID '{missing}' does not exist")
    return names


def create_subnet_group(view: View, asked: Parameters) -> Change:
    """CreateCacheSubnetGroup."""
    name = str(asked[_GROUP_NAME]).lower()
    if any(name == view.identifier(SUBNETS, one) for one in view.of_kind(SUBNETS)):
        raise ApiError("CacheSubnetGroupAlreadyExists", f"Cache Subnet Group {name} already exists.")
    own = {
        _GROUP_NAME: name, "Description": asked["CacheSubnetGroupDescription"], "SubnetIds": _subnets(view, asked["SubnetIds"]),
        **({"Tags": asked["Tags"]} if asked.get("Tags") else {}),
    }  # fmt: skip
    id_ = f"cachesubnetgroup/{name}"
    return Change((new(SUBNETS.types[0], id_, own),), _group_answer(id_))


def _group_answer(id_: str) -> Callable[[View], Mapping[str, Any]]:
    return lambda after: {"CacheSubnetGroup": caches.subnet_group(after, after.cloud.template.resources[id_])}


def modify_subnet_group(view: View, asked: Parameters) -> Change:
    """ModifyCacheSubnetGroup: its caches get interfaces in the new subnets."""
    resource, own = view.found(SUBNETS, asked[_GROUP_NAME]), dict[str, Any]()
    if asked.get("CacheSubnetGroupDescription"):
        own["Description"] = asked["CacheSubnetGroupDescription"]
    if asked.get("SubnetIds"):
        own["SubnetIds"] = _subnets(view, asked["SubnetIds"])
    return Change((updated(resource, **own),), _group_answer(resource.id))


def delete_subnet_group(view: View, asked: Parameters) -> Change:
    """DeleteCacheSubnetGroup: no cache may be in it."""
    resource = view.found(SUBNETS, asked[_GROUP_NAME])
    names = (resource.id, view.identifier(SUBNETS, resource))
    if any(str(plain(one, _GROUP_NAME)) in names for kind in (CLUSTERS, GROUPS) for one in view.of_kind(kind)):
        text = f"Cache subnet group {asked[_GROUP_NAME]} is currently in use by a cache cluster."
        raise ApiError("CacheSubnetGroupInUse", text)
    return Change((Remove(resource.id),), lambda _after: {})


# --- tags -------------------------------------------------------------------------------------------------------------


def add_tags(view: View, asked: Parameters) -> Change:
    """AddTagsToResource: a tag of the same key gets the new value."""
    return _retagged(view, asked, {one.get("Key", ""): one.get("Value", "") for one in asked["Tags"]}, ())


def remove_tags(view: View, asked: Parameters) -> Change:
    """RemoveTagsFromResource: a key that is not there is no error."""
    return _retagged(view, asked, {}, asked["TagKeys"])


def _retagged(view: View, asked: Parameters, wanted: Mapping[str, str], gone: Iterable[str]) -> Change:
    resource = caches.tagged(view, str(asked["ResourceName"]))
    kept = {tag["Key"]: tag["Value"] for tag in view.tags(resource) if tag["Key"] not in {*gone}}
    listed = [{"Key": key, "Value": value} for key, value in {**kept, **wanted}.items()]
    change = updated(resource, Tags=listed or None)
    return Change((change,), lambda _after: {"TagList": listed})


WRITES: Mapping[str, writing.Write[View]] = {
    **{f"Create{one.answer}": one.create for one in _CACHES},
    **{f"Modify{one.answer}": one.modify for one in _CACHES},
    **{f"Delete{one.answer}": one.delete for one in _CACHES},
    "CreateCacheSubnetGroup": create_subnet_group,
    "ModifyCacheSubnetGroup": modify_subnet_group,
    "DeleteCacheSubnetGroup": delete_subnet_group,
    "AddTagsToResource": add_tags,
    "RemoveTagsFromResource": remove_tags,
}
