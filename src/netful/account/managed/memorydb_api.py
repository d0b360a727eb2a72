"""MemoryDB's API: clusters and subnet groups by their place in the network."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.absent import Absent
from netful.account.managed import things
from netful.account.managed.view import View, flag, plain
from netful.account.operations.query_api import Parameters
from netful.account.records.looks import page
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.model.core import Resource, whole_number

SERVICE = "memorydb"
_CLUSTERS, _SUBNETS = things.cluster_kinds(SERVICE, "MemoryDB", "cluster")


def _cluster(view: View, one: Resource) -> Mapping[str, Any]:
    shards, replicas = whole_number(plain(one, "NumShards"), 1), whole_number(plain(one, "NumReplicasPerShard"), 1)
    return {
        "Name": view.identifier(_CLUSTERS, one), "ARN": view.arn(_CLUSTERS, one), "Status": "available",
        "ClusterEndpoint": {"Address": view.address(one, "ClusterEndpoint.Address"), "Port": view.port(one)},
        "SecurityGroups": things.groups_of(view, one, "SecurityGroupId"), "SubnetGroupName": things.group_name(_SUBNETS, view, one),
        "TLSEnabled": flag(one, "TLSEnabled", default=True), "Engine": plain(one, "Engine") or "redis",
        "AutoMinorVersionUpgrade": flag(one, "AutoMinorVersionUpgrade", default=True),
        "AvailabilityMode": "MultiAZ" if replicas else "SingleAZ", "NumberOfShards": shards,
        "Shards": [
            {"Name": f"{number:04}", "Status": "available", "NumberOfNodes": 1 + replicas} for number in range(1, shards + 1)
        ],
    }  # fmt: skip


def _subnet_group(view: View, one: Resource) -> Mapping[str, Any]:
    place = things.subnets_of(view, one, "Identifier", "AvailabilityZone")
    return {"Name": view.identifier(_SUBNETS, one), "ARN": view.arn(_SUBNETS, one), **place}


CLUSTER = things.Thing(SERVICE, _CLUSTERS, "Cluster", "ClusterName", "Cluster", "ClusterAlreadyExistsFault", _cluster,
                within=_SUBNETS, state="Status")  # fmt: skip
SUBNET_GROUP = things.Thing(
    SERVICE, _SUBNETS, "SubnetGroup", "SubnetGroupName", "SubnetGroup", "SubnetGroupAlreadyExistsFault",
    _subnet_group, users=((_CLUSTERS, "SubnetGroupName"),), in_use="SubnetGroupInUseFault",
)  # fmt: skip
_THINGS = (CLUSTER, SUBNET_GROUP)
_tagged = partial(things.tagged, _THINGS, "InvalidARNFault")


def _acls(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the list that AWS makes. Raises ApiError where a template has others: those are not described."""
    if any(view.cloud.template.of_type("AWS::MemoryDB::ACL")):
        raise ApiError("UnknownOperationException", "the access control lists of templates are not described")
    if asked.get("ACLName") not in (None, _OPEN):
        raise ApiError("ACLNotFoundFault", f"ACL {asked['ACLName']} not found.", 404)
    arn = view.cloud.arn("memorydb", f"acl/{_OPEN}")
    using = [view.identifier(_CLUSTERS, one) for one in view.of_kind(_CLUSTERS) if plain(one, "ACLName") == _OPEN]
    one = {
        "Name": _OPEN,
        "Status": "active",
        "UserNames": ["default"],
        "MinimumEngineVersion": "6.2",
        "Clusters": using,
        "ARN": arn,
    }
    return page("ACLs", asked, [one])


_OPEN = "open-access"

LOOKS: Mapping[str, things.Look] = {
    "DescribeACLs": _acls,
    "DescribeClusters": CLUSTER.look(page),
    "DescribeSubnetGroups": SUBNET_GROUP.look(page),
    "ListTags": things.tags(_tagged, "ResourceArn", "TagList"),
}
WRITES: Mapping[str, Write[View]] = {
    **things.writes(_THINGS, "Update"),
    **things.tag_writes(_tagged, ("TagResource", "UntagResource"), "ResourceArn", "TagList"),
}
_ABSENT = {"DescribeSnapshots": Absent("", "SnapshotName", "SnapshotNotFoundFault", 404)}

MemoryDbApi = partial(things.ManagedApi, SERVICE, LOOKS, WRITES, _ABSENT, refusal="InvalidParameterValueException")
