"""Writes of databases, clusters and subnet groups. All have their interfaces, and their names, before the call is answered."""

import re
from collections.abc import Mapping
from functools import partial

from netful.account.changes import updated
from netful.account.managed.databases import (
    CLUSTER,
    CLUSTERS,
    INSTANCE,
    INSTANCES,
    SUBNET_GROUP,
    engine,
    members,
    source_of,
    status,
    tagged,
)
from netful.account.managed.rds_stops import removed
from netful.account.managed.things import Change, Thing, tag_writes, writes
from netful.account.managed.view import View, flag, plain
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.account.writing import Write
from netful.model.core import Resource

_IDENTIFIER = re.compile(r"[a-z](?:-?[a-z0-9]){0,62}")
_INVALID = "The parameter {} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
_SHORTEST_PASSWORD = 8
_SHORT = "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters."
_OF_CLUSTER = ("DBSubnetGroupName", "VpcSecurityGroupIds")
_OF_SOURCE = ("AllocatedStorage", "DBInstanceClass", "DBSubnetGroupName", "EngineVersion", "MasterUsername", "Port")
"""Properties of the source that a read replica has, where the call has none."""
_TYPES = {"docdb": "AWS::DocDB::DBCluster", "neptune": "AWS::Neptune::DBCluster"}


def _made(thing: Thing, view: View, asked: Parameters, type_: str = "") -> Change:
    if 0 < len(str(asked.get("MasterUserPassword") or "")) < _SHORTEST_PASSWORD:
        raise invalid_value(_SHORT)
    if not _IDENTIFIER.fullmatch(str(asked[thing.asked]).lower()):
        raise invalid_value(_INVALID.format(thing.asked))
    return thing.create(view, asked, type_)


def _create_db_instance(view: View, asked: Parameters) -> Change:
    """CreateDBInstance: in the subnets of its group, or of its cluster's."""
    if not asked.get("DBClusterIdentifier"):
        managed = str(asked.get("ManageMasterUserPassword")).lower() == "true"
        for member in ("MasterUsername", *(() if managed else ("MasterUserPassword",))):
            if not asked.get(member):
                raise invalid_value(f"The parameter {member} must be provided and must not be blank.")
        return _made(INSTANCE, view, asked)
    cluster = view.found(CLUSTERS, asked["DBClusterIdentifier"])
    own = {name: value for name, value in asked.items() if name not in _OF_CLUSTER}
    type_ = cluster.type.replace("Cluster", "Instance")
    return _made(INSTANCE, view, {**own, "DBClusterIdentifier": cluster.id}, type_)


def _create_read_replica(view: View, asked: Parameters) -> Change:
    """CreateDBInstanceReadReplica: with the source's engine and class, in its subnets, unless the call names others."""
    if not asked.get("SourceDBInstanceIdentifier"):
        raise invalid_value("The parameter SourceDBInstanceIdentifier must be provided.")
    source = view.found(INSTANCES, asked["SourceDBInstanceIdentifier"])
    if plain(source, "DBClusterIdentifier"):
        refused = "The source of a read replica must not be an instance of a DB cluster."
        raise ApiError("InvalidDBInstanceState", refused)
    shared = {name: plain(source, name) for name in _OF_SOURCE}
    given = {"Engine": engine(view, source), **{name: one for name, one in shared.items() if one is not None}, **asked}
    return _made(INSTANCE, view, {**given, "SourceDBInstanceIdentifier": source.id})


def _promote_read_replica(view: View, asked: Parameters) -> Change:
    """PromoteReadReplica: the replica is a database of its own."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    if source_of(view, resource) is None:
        raise ApiError("InvalidDBInstanceState", "DB Instance is not a read replica.")
    return Change((updated(resource, SourceDBInstanceIdentifier=None),), INSTANCE.answer(resource.id))


def _create_db_cluster(view: View, asked: Parameters) -> Change:
    return _made(CLUSTER, view, asked, _TYPES.get(str(asked["Engine"]), ""))


def modified(thing: Thing, what: str, view: View, asked: Parameters) -> Change:
    """Change one at once, but not its name."""
    if asked.get(f"New{thing.asked}"):
        raise ApiError("InvalidParameterCombination", f"The {what} cannot be changed here")
    return thing.modify(view, asked)


def _delete_db_instance(view: View, asked: Parameters) -> Change:
    """DeleteDBInstance: its interfaces are gone before the call is answered."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    if not plain(resource, "DBClusterIdentifier"):
        _check_snapshot(asked)
    return _deleted(INSTANCE, "DB Instance", view, asked, resource)


def _delete_db_cluster(view: View, asked: Parameters) -> Change:
    """DeleteDBCluster: no instance may be in it."""
    resource = view.found(CLUSTERS, asked["DBClusterIdentifier"])
    if members(view, resource):
        text = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        raise ApiError("InvalidDBClusterStateFault", text)
    _check_snapshot(asked)
    return _deleted(CLUSTER, "Cluster", view, asked, resource)


def _check_snapshot(asked: Parameters) -> None:
    if not asked.get("SkipFinalSnapshot") and not asked.get("FinalDBSnapshotIdentifier"):
        text = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        raise ApiError("InvalidParameterCombination", text)


def _deleted(thing: Thing, what: str, view: View, asked: Parameters, resource: Resource) -> Change:
    if flag(resource, "DeletionProtection") is True:
        text = f"Cannot delete protected {what}, please disable deletion protection and try again."
        raise ApiError("InvalidParameterCombination", text)
    return Change(removed(view, resource), thing.delete(view, asked).answer)


def _reboot_db_instance(view: View, asked: Parameters) -> Change:
    """RebootDBInstance: the server goes on."""
    resource = view.found(INSTANCES, asked["DBInstanceIdentifier"])
    if status(view, resource) == "stopped":
        raise ApiError("InvalidDBInstanceState", f"Instance {asked['DBInstanceIdentifier']} is not in available state.")
    return Change((), INSTANCE.answer(resource.id))


WRITES: Mapping[str, Write[View]] = {
    "CreateDBInstance": _create_db_instance,
    "CreateDBInstanceReadReplica": _create_read_replica,
    "PromoteReadReplica": _promote_read_replica,
    "ModifyDBInstance": partial(modified, INSTANCE, "identifier of a DB instance"),
    "DeleteDBInstance": _delete_db_instance,
    "RebootDBInstance": _reboot_db_instance,
    "CreateDBCluster": _create_db_cluster,
    "ModifyDBCluster": partial(modified, CLUSTER, "identifier of a DB cluster"),
    "DeleteDBCluster": _delete_db_cluster,
    **writes((SUBNET_GROUP,), "Modify"),
    **tag_writes(tagged, ("AddTagsToResource", "RemoveTagsFromResource"), "ResourceName"),
}
