"""Redshift's API: clusters and subnet groups by their place in the network."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.absent import Absent
from netful.account.managed import things
from netful.account.managed.parameter_groups import ParameterGroups, thing
from netful.account.managed.view import Kind, View, flag, page, plain
from netful.account.operations.query_api import Parameters
from netful.account.writing import Write
from netful.model.core import Resource, whole_number

SERVICE = "redshift"
_CLUSTERS = Kind(("AWS::Redshift::Cluster",), "ClusterIdentifier", "redshift:cluster:{}",
                 "ClusterNotFound", "Cluster {} not found.")  # fmt: skip
_SUBNETS = Kind(("AWS::Redshift::ClusterSubnetGroup",), "ClusterSubnetGroupName", "redshift:subnetgroup:{}",
                "ClusterSubnetGroupNotFoundFault", "Cluster subnet group '{}' not found.", 400)  # fmt: skip


def _cluster(view: View, one: Resource) -> Mapping[str, Any]:
    interfaces, zones = view.cloud.network.interfaces_of(one.id), view.zones(one)
    subnet = view.cloud.network.subnets.get(str(interfaces[0].subnet_id)) if interfaces else None
    return {
        "ClusterIdentifier": view.identifier(_CLUSTERS, one),
        "ClusterNamespaceArn": view.arn(_CLUSTERS, one).replace(":cluster:", ":namespace:"),
        "ClusterStatus": "available", "ClusterAvailabilityStatus": "Available", "PendingModifiedValues": {},
        "Endpoint": {"Address": view.address(one, "Endpoint.Address"), "Port": view.port(one)},
        "ClusterCreateTime": view.created.of(view.arn(_CLUSTERS, one)), "DBName": plain(one, "DBName") or "dev",
        "VpcSecurityGroups": things.groups_of(view, one, "VpcSecurityGroupId"), "ClusterSecurityGroups": [],
        "ClusterSubnetGroupName": things.group_name(_SUBNETS, view, one), "VpcId": view.ec2.id(subnet.vpc_id) if subnet else None,
        "AvailabilityZone": plain(one, "AvailabilityZone") or (zones[0] if zones else None),
        "ClusterParameterGroups": [{"ParameterGroupName": plain(one, "ClusterParameterGroupName") or "default.redshift-1.0",
                                    "ParameterApplyStatus": "in-sync"}],
        "NumberOfNodes": whole_number(plain(one, "NumberOfNodes"), 1), "ClusterVersion": plain(one, "ClusterVersion") or "1.0",
        "AllowVersionUpgrade": flag(one, "AllowVersionUpgrade", default=True), "Encrypted": flag(one, "Encrypted"),
        "PubliclyAccessible": flag(one, "PubliclyAccessible"), "EnhancedVpcRouting": flag(one, "EnhancedVpcRouting"),
        "AvailabilityZoneRelocationStatus": "disabled", "MultiAZ": "Disabled", "IamRoles": [], "Tags": view.tags(one),
        "MaintenanceTrackName": "current", "PreferredMaintenanceWindow": "sun:05:00-sun:05:30",
    }  # fmt: skip


def _subnet_group(view: View, one: Resource) -> Mapping[str, Any]:
    place = things.subnets_of(view, one, "SubnetIdentifier", "SubnetAvailabilityZone")
    return {"SubnetGroupStatus": "Complete", "Tags": view.tags(one), **place}


CLUSTER = things.Thing(SERVICE, _CLUSTERS, "Cluster", "ClusterIdentifier", "Cluster", "ClusterAlreadyExists", _cluster,
                within=_SUBNETS, state="ClusterStatus")  # fmt: skip
SUBNET_GROUP = things.Thing(
    SERVICE, _SUBNETS, "ClusterSubnetGroup", "ClusterSubnetGroupName", "ClusterSubnetGroup",
    "ClusterSubnetGroupAlreadyExists", _subnet_group, users=((_CLUSTERS, "ClusterSubnetGroupName"),),
    in_use="InvalidClusterSubnetGroupStateFault",
)  # fmt: skip
_GROUPS = Kind(("AWS::Redshift::ClusterParameterGroup",), "ParameterGroupName", "redshift:parametergroup:{}",
               "ClusterParameterGroupNotFound", "Parameter group {} not found.")  # fmt: skip
_PARAMETERS = ParameterGroups(
    thing(SERVICE, _GROUPS, "ClusterParameterGroup", "ClusterParameterGroupAlreadyExists",
          "InvalidClusterParameterGroupState", (_CLUSTERS,), "ClusterParameterGroupName"),
    "DescribeClusterParameterGroups", "ParameterGroups", "DescribeClusterParameters", "Modify", "Parameters", "Parameters",
    {f"default.{one}": {"ParameterGroupFamily": one, "Description": f"Default parameter group for {one}"}
     for one in ("redshift-1.0", "redshift-2.0")},
    listed=True,
)  # fmt: skip
_THINGS = (CLUSTER, SUBNET_GROUP, _PARAMETERS.thing)
_tagged = partial(things.tagged, _THINGS, "ResourceNotFoundFault")


def _tags(view: View, asked: Parameters) -> Mapping[str, Any]:
    named = asked.get("ResourceName")
    every = [(thing, one) for thing in _THINGS for one in view.of_kind(thing.kind)]
    if named:
        wanted = _tagged(view, named)
        every = [(thing, one) for thing, one in every if one is wanted]
    rows = [
        {"Tag": tag, "ResourceName": view.arn(thing.kind, one), "ResourceType": thing.noun.lower()}
        for thing, one in every
        for tag in view.tags(one)
    ]
    return page("TaggedResources", asked, rows)


def _logging(view: View, asked: Parameters) -> Mapping[str, Any]:
    view.found(_CLUSTERS, asked["ClusterIdentifier"])
    return {"LoggingEnabled": False}


LOOKS: Mapping[str, things.Look] = {
    "DescribeClusters": CLUSTER.look(),
    "DescribeClusterSubnetGroups": SUBNET_GROUP.look(),
    **_PARAMETERS.looks(),
    "DescribeTags": _tags,
    "DescribeLoggingStatus": _logging,
}
WRITES: Mapping[str, Write[View]] = {
    **things.writes((CLUSTER, SUBNET_GROUP), "Modify"),
    **_PARAMETERS.writes(),
    **things.tag_writes(_tagged, ("CreateTags", "DeleteTags"), "ResourceName"),
}
_ABSENT = {"DescribeClusterSnapshots": Absent("", "SnapshotIdentifier", "ClusterSnapshotNotFound", 404)}

RedshiftApi = partial(things.ManagedApi, SERVICE, LOOKS, WRITES, _ABSENT)
