"""DAX's API: clusters and subnet groups by their place in the network."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.managed import things
from netful.account.managed.parameter_groups import ParameterGroups, thing
from netful.account.managed.view import Kind, View, plain
from netful.account.records.looks import page
from netful.account.writing import Write
from netful.model.core import Resource, is_true, whole_number

SERVICE = "dax"
_CLUSTERS, _SUBNETS = things.cluster_kinds(SERVICE, "DAX", "cache")


def _cluster(view: View, one: Resource) -> Mapping[str, Any]:
    count, zones = whole_number(plain(one, "ReplicationFactor"), 1), view.zones(one)
    name = view.identifier(_CLUSTERS, one)
    parameters, encryption = plain(one, "ParameterGroupName"), plain(one, "SSESpecification")
    encrypted = isinstance(encryption, Mapping) and is_true(encryption.get("SSEEnabled", encryption.get("Enabled")))
    return {
        "ClusterArn": view.arn(_CLUSTERS, one), "Status": "available", "TotalNodes": count, "ActiveNodes": count,
        "SubnetGroup": things.group_name(_SUBNETS, view, one), "SecurityGroups": things.groups_of(view, one, "SecurityGroupIdentifier"),
        "ParameterGroup": {"ParameterGroupName": parameters or "default.dax1.0", "ParameterApplyStatus": "in-sync"},
        "SSEDescription": {"Status": "ENABLED" if encrypted else "DISABLED"},
        "ClusterEndpointEncryptionType": plain(one, "ClusterEndpointEncryptionType") or "NONE",
        "Nodes": [
            {"NodeId": f"{name}-{chr(ord('a') + number)}", "NodeStatus": "available",
             "AvailabilityZone": zones[number % len(zones)] if zones else None}
            for number in range(count)
        ],
    }  # fmt: skip


CLUSTER = things.Thing(SERVICE, _CLUSTERS, "Cluster", "ClusterName", "Cluster", "ClusterAlreadyExistsFault", _cluster,
                renamed={"IamRoleArn": "IAMRoleARN", "NotificationTopicArn": "NotificationTopicARN"},
                members={"IAMRoleARN": "IamRoleArn"}, within=_SUBNETS, state="Status")  # fmt: skip
SUBNET_GROUP = things.Thing(
    SERVICE, _SUBNETS, "SubnetGroup", "SubnetGroupName", "SubnetGroup", "SubnetGroupAlreadyExistsFault",
    lambda view, one: things.subnets_of(view, one, "SubnetIdentifier", "SubnetAvailabilityZone", lambda name: name),
    users=((_CLUSTERS, "SubnetGroupName"),), in_use="SubnetGroupInUseFault",
)  # fmt: skip
_GROUPS = Kind(("AWS::DAX::ParameterGroup",), "ParameterGroupName", "dax:parametergroup:{}",
               "ParameterGroupNotFoundFault", "Parameter group {} not found.")  # fmt: skip
_PARAMETERS = ParameterGroups(
    thing(SERVICE, _GROUPS, "ParameterGroup", "ParameterGroupAlreadyExistsFault", "InvalidParameterGroupStateFault",
          (_CLUSTERS,), "ParameterGroupName"),
    "DescribeParameterGroups", "ParameterGroups", "DescribeParameters", "Update", "ParameterNameValues", "ParameterNameValues",
    {"default.dax1.0": {"Description": "Default parameter group for dax1.0"}},
    every={"query-ttl-millis": "300000", "record-ttl-millis": "300000"}, several="ParameterGroupNames", page=page,
)  # fmt: skip
_THINGS = (CLUSTER, SUBNET_GROUP)
_tagged = partial(things.tagged, _THINGS, "InvalidARNFault")

LOOKS: Mapping[str, things.Look] = {
    "DescribeClusters": CLUSTER.look(page, "ClusterNames"),
    "DescribeSubnetGroups": SUBNET_GROUP.look(page, "SubnetGroupNames"),
    **_PARAMETERS.looks(),
    "ListTags": things.tags(_tagged, "ResourceName", "Tags"),
}
WRITES: Mapping[str, Write[View]] = {
    **things.writes(_THINGS, "Update"),
    **_PARAMETERS.writes(),
    **things.tag_writes(_tagged, ("TagResource", "UntagResource"), "ResourceName", "Tags"),
}

DaxApi = partial(things.ManagedApi, SERVICE, LOOKS, WRITES, {}, refusal="InvalidParameterValueException")
