"""Writes of database clusters. Instances that name a cluster have interfaces in the cluster's subnets."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account import writing
from netful.account.changes import new, updated
from netful.account.managed import databases
from netful.account.managed.databases import CLUSTERS
from netful.account.managed.rds_stops import removed
from netful.account.managed.rds_writes import answered, new_name, security_groups, subnet_group
from netful.account.managed.view import View, flag
from netful.account.query_api import Parameters
from netful.account.wire.errors import ApiError

Change = writing.Change[View]

_NOT_STORED = (
    "MasterUserPassword",
    "TagSpecifications",
    "DBSubnetGroupName",
    "VpcSecurityGroupIds",
    "ApplyImmediately",
)
_TYPES = {"docdb": "AWS::DocDB::DBCluster", "neptune": "AWS::Neptune::DBCluster"}
_CLUSTER = "AWS::RDS::DBCluster"


def create_db_cluster(view: View, asked: Parameters) -> Change:
    """CreateDBCluster: its names resolve to interfaces in the subnets of its group before the call is answered."""
    name = new_name(view, CLUSTERS, asked["DBClusterIdentifier"], "DBClusterAlreadyExistsFault", "DB Cluster")
    group, edits = subnet_group(view, asked.get("DBSubnetGroupName"))
    properties = {
        **_stored(asked),
        "DBClusterIdentifier": name,
        "DBSubnetGroupName": group,
        "VpcSecurityGroupIds": security_groups(view, asked.get("VpcSecurityGroupIds")),
    }
    id_ = f"cluster/{name}"
    made = new(_TYPES.get(str(asked["Engine"]), _CLUSTER), id_, {k: v for k, v in properties.items() if v is not None})
    return Change((*edits, made), _answer(id_))


def _stored(asked: Parameters) -> dict[str, Any]:
    return {key: value for key, value in asked.items() if key not in _NOT_STORED}


_answer = partial(answered, "DBCluster", databases.cluster)


def modify_db_cluster(view: View, asked: Parameters) -> Change:
    """ModifyDBCluster: at once, as `ApplyImmediately` asks for."""
    resource = view.found(CLUSTERS, asked["DBClusterIdentifier"])
    if asked.get("NewDBClusterIdentifier"):
        raise ApiError("InvalidParameterCombination", "The identifier of a DB cluster cannot be changed here")
    changed = {key: value for key, value in _stored(asked).items() if key != "DBClusterIdentifier"}
    if asked.get("VpcSecurityGroupIds"):
        changed["VpcSecurityGroupIds"] = security_groups(view, asked["VpcSecurityGroupIds"])
    return Change((updated(resource, **changed),), _answer(resource.id))


def delete_db_cluster(view: View, asked: Parameters) -> Change:
    """DeleteDBCluster: no instance may be in it."""
    resource = view.found(CLUSTERS, asked["DBClusterIdentifier"])
    if databases.members(view, resource):
        text = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        raise ApiError("InvalidDBClusterStateFault", text)
    if not asked.get("SkipFinalSnapshot") and not asked.get("FinalDBSnapshotIdentifier"):
        text = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        raise ApiError("InvalidParameterCombination", text)
    if flag(resource, "DeletionProtection"):
        text = "Cannot delete protected Cluster, please disable deletion protection and try again."
        raise ApiError("InvalidParameterCombination", text)
    gone = {**databases.cluster(view, resource), "Status": "deleting"}
    return Change(removed(view, resource), lambda _after: {"DBCluster": gone})


WRITES: Mapping[str, writing.Write[View]] = {
    "CreateDBCluster": create_db_cluster,
    "ModifyDBCluster": modify_db_cluster,
    "DeleteDBCluster": delete_db_cluster,
}
