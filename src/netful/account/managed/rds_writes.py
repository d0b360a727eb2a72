"""Writes of databases and subnet groups."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account import writing
from netful.account.changes import Edit, Remove, new, updated
from netful.account.managed import databases
from netful.account.managed.databases import CLUSTERS, DB_INSTANCE, DB_SUBNET_GROUP, INSTANCES, SUBNET_GROUPS
from netful.account.managed.rds_stops import removed
from netful.account.managed.view import Kind, View, flag, plain
from netful.account.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core.resource import Resource

Change = writing.Change[View]

_IDENTIFIER = re.compile(r"[a-z](?:-?[a-z0-9]){0,62}")
_NOT_STORED = (
    "VpcSecurityGroupIds",
    "MasterUserPassword",
    "DBInstanceIdentifier",
    "DBSubnetGroupName",
    "TagSpecifications",
)
_TWO_ZONES = 2
_IN_USE = "Cannot delete the subnet group '{}' because at least one database instance: {} is still using it."
_ZONES = "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: {}. Add subnets to cover at least 2 AZs."

RecordOf = Callable[[View, Resource], Mapping[str, Any]]
"""Returns a thing as its operations return it."""


def create_db_instance(view: View, asked: Parameters) -> Change:
    """CreateDBInstance: its interfaces are in the subnets of its group before the call is answered."""
    name = new_name(view, INSTANCES, asked["DBInstanceIdentifier"], "DBInstanceAlreadyExists", "DB instance")
    id_, edits = f"db/{name}", list[Edit]()
    properties = {key: value for key, value in asked.items() if key not in _NOT_STORED}
    kind = DB_INSTANCE
    if asked.get("DBClusterIdentifier"):
        cluster = view.found(CLUSTERS, asked["DBClusterIdentifier"])
        properties["DBClusterIdentifier"], kind = cluster.id, cluster.type.replace("Cluster", "Instance")
    else:
        group, edits = subnet_group(view, asked.get("DBSubnetGroupName"))
        properties["DBSubnetGroupName"] = group
        properties["VPCSecurityGroups"] = security_groups(view, asked.get("VpcSecurityGroupIds"))
    given = {key: value for key, value in {"DBInstanceIdentifier": name, **properties}.items() if value}
    return Change((*edits, new(kind, id_, given)), _answer(id_))


def new_name(view: View, kind: Kind, asked: object, code: str, what: str) -> str:
    """Return the identifier of a new thing. Raises ApiError for one that AWS refuses, or that exists."""
    name = str(asked).lower()
    if kind in (INSTANCES, CLUSTERS) and not _IDENTIFIER.fullmatch(name):
        text = f"The parameter {kind.name} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
        raise ApiError("InvalidParameterValue", text)
    if any(name == view.identifier(kind, one) for one in view.of_kind(kind)):
        raise ApiError(code, f"{what} already exists")
    return name


def subnet_group(view: View, asked: object) -> tuple[str, list[Edit]]:
    """Return the subnet group of a new instance; without one it is that of the default VPC, which AWS makes."""
    if asked:
        return view.found(SUBNET_GROUPS, asked).id, []
    subnets = [one for one in view.cloud.network.subnets if view.ec2.is_default(one)]
    known = next(
        (one.id for one in view.of_kind(SUBNET_GROUPS) if view.identifier(SUBNET_GROUPS, one) == "default"), None
    )
    if known is not None:
        return known, []
    if not subnets:
        raise ApiError("DBSubnetGroupNotFoundFault", "DB subnet group 'default' does not exist.", 404)
    properties = {"DBSubnetGroupName": "default", "DBSubnetGroupDescription": "default", "SubnetIds": subnets}
    return "subgrp/default", [new(DB_SUBNET_GROUP, "subgrp/default", properties)]


def security_groups(view: View, asked: object) -> list[str] | None:
    """Return the security groups that a request names; None without any. Raises ApiError for one that does not exist."""
    names = [view.ec2.names.get(str(one), str(one)) for one in asked] if isinstance(asked, list) else []
    missing = next((name for name in names if name not in view.cloud.network.security_groups), None)
    if missing is not None:
        raise ApiError("InvalidParameterValue", f"Invalid security group , groupId= {missing}, groupName=.")
    return names or None


def answered(member: str, record: RecordOf, id_: str) -> Callable[[View], Mapping[str, Any]]:
    """Return the answer that has the record of a thing after the change."""
    return lambda after: {member: record(after, after.cloud.template.resources[id_])}


_answer = partial(answered, "DBInstance", databases.instance)


def modify_db_instance(view: View, asked: Parameters) -> Change:
    """ModifyDBInstance: at once, as `ApplyImmediately` asks for."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    changed = {
        key: value for key, value in asked.items() if key not in (*_NOT_STORED, "ApplyImmediately", "DBPortNumber")
    }
    if asked.get("NewDBInstanceIdentifier"):
        raise ApiError("InvalidParameterCombination", "The identifier of a DB instance cannot be changed here")
    if asked.get("DBPortNumber"):
        changed["Port"] = asked["DBPortNumber"]
    if asked.get("VpcSecurityGroupIds"):
        changed["VPCSecurityGroups"] = security_groups(view, asked["VpcSecurityGroupIds"])
    if asked.get("DBSubnetGroupName"):
        changed["DBSubnetGroupName"] = view.found(SUBNET_GROUPS, asked["DBSubnetGroupName"]).id
    return Change((updated(resource, **changed),), _answer(resource.id))


def delete_db_instance(view: View, asked: Parameters) -> Change:
    """DeleteDBInstance: its interfaces are gone before the call is answered."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    if (
        not asked.get("SkipFinalSnapshot")
        and not asked.get("FinalDBSnapshotIdentifier")
        and not plain(resource, "DBClusterIdentifier")
    ):
        text = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        raise ApiError("InvalidParameterCombination", text)
    if flag(resource, "DeletionProtection"):
        text = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        raise ApiError("InvalidParameterCombination", text)
    gone = {**databases.instance(view, resource), "DBInstanceStatus": "deleting"}
    return Change(removed(view, resource), lambda _after: {"DBInstance": gone})


def reboot_db_instance(view: View, asked: Parameters) -> Change:
    """RebootDBInstance: the server goes on."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    if databases.status(view, resource) == "stopped":
        raise ApiError("InvalidDBInstanceState", f"Instance {asked['DBInstanceIdentifier']} is not in available state.")
    return Change((), _answer(resource.id))


def create_db_subnet_group(view: View, asked: Parameters) -> Change:
    """CreateDBSubnetGroup."""
    name = new_name(view, SUBNET_GROUPS, asked["DBSubnetGroupName"], "DBSubnetGroupAlreadyExists", "DB subnet group")
    id_ = f"subgrp/{name}"
    properties = {
        "DBSubnetGroupName": name, "DBSubnetGroupDescription": asked["DBSubnetGroupDescription"],
        "SubnetIds": _subnets(view, asked), **({"Tags": asked["Tags"]} if asked.get("Tags") else {}),
    }  # fmt: skip
    return Change((new(DB_SUBNET_GROUP, id_, properties),), _group_answer(id_))


def _subnets(view: View, asked: Parameters) -> list[str]:
    names = [view.ec2.names.get(one, one) for one in asked["SubnetIds"]]
    subnets = [view.cloud.network.subnets.get(name) for name in names]
    if None in subnets:
        text = f"Some input subnets in :[{', '.join(asked['SubnetIds'])}] are invalid."
        raise ApiError("InvalidSubnet", text)
    zones = {str(one.availability_zone) for one in subnets if one is not None}
    if len(zones) < _TWO_ZONES:
        raise ApiError("DBSubnetGroupDoesNotCoverEnoughAZs", _ZONES.format(", ".join(zones)))
    return names


def _group_answer(id_: str) -> Any:
    def answer(after: View) -> Mapping[str, Any]:
        return {"DBSubnetGroup": databases.subnet_group(after, after.cloud.template.resources[id_])}

    return answer


def modify_db_subnet_group(view: View, asked: Parameters) -> Change:
    """ModifyDBSubnetGroup: its instances get interfaces in the new subnets."""
    resource = view.found(SUBNET_GROUPS, asked["DBSubnetGroupName"])
    text = (
        {"DBSubnetGroupDescription": asked["DBSubnetGroupDescription"]} if asked.get("DBSubnetGroupDescription") else {}
    )
    return Change((updated(resource, SubnetIds=_subnets(view, asked), **text),), _group_answer(resource.id))


def delete_db_subnet_group(view: View, asked: Parameters) -> Change:
    """DeleteDBSubnetGroup: no instance and no cluster may be in it."""
    resource = view.found(SUBNET_GROUPS, asked["DBSubnetGroupName"])
    names = (resource.id, view.identifier(SUBNET_GROUPS, resource))
    for kind in (INSTANCES, CLUSTERS):
        for one in view.of_kind(kind):
            if str(plain(one, "DBSubnetGroupName")) in names:
                text = _IN_USE.format(asked["DBSubnetGroupName"], view.identifier(kind, one))
                raise ApiError("InvalidDBSubnetGroupStateFault", text)
    return Change((Remove(resource.id),))


def add_tags(view: View, asked: Parameters) -> Change:
    """AddTagsToResource: a tag of the same key gets the new value."""
    wanted = {one.get("Key", ""): one.get("Value", "") for one in asked["Tags"]}
    return _retagged(view, asked, wanted, frozenset())


def remove_tags(view: View, asked: Parameters) -> Change:
    """RemoveTagsFromResource: a key that is not there is no error."""
    return _retagged(view, asked, {}, frozenset(asked["TagKeys"]))


def _retagged(view: View, asked: Parameters, wanted: Mapping[str, str], gone: frozenset[str]) -> Change:
    resource: Resource = databases.tagged(view, asked["ResourceName"])
    kept = {tag["Key"]: tag["Value"] for tag in view.tags(resource) if tag["Key"] not in gone}
    listed = [{"Key": key, "Value": value} for key, value in {**kept, **wanted}.items()] or None
    return Change((updated(resource, Tags=listed),))


WRITES: Mapping[str, writing.Write[View]] = {
    "CreateDBInstance": create_db_instance,
    "ModifyDBInstance": modify_db_instance,
    "DeleteDBInstance": delete_db_instance,
    "RebootDBInstance": reboot_db_instance,
    "CreateDBSubnetGroup": create_db_subnet_group,
    "ModifyDBSubnetGroup": modify_db_subnet_group,
    "DeleteDBSubnetGroup": delete_db_subnet_group,
    "AddTagsToResource": add_tags,
    "RemoveTagsFromResource": remove_tags,
}
