"""ElastiCache's API: caches and replication groups by their place in the network, to be looked at only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.creation_times import CreationTimes
from netful.account.managed.view import Kind, View, flag, page, plain
from netful.account.query_api import Operation, Parameters, QueryApi
from netful.account.writing import Running
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource

SERVICE = "elasticache"
_ARN = "arn:aws:elasticache:{r}:{a}:"
_CLUSTERS = Kind(("AWS::ElastiCache::CacheCluster",), "ClusterName", _ARN + "cluster:{id}",
                 "CacheClusterNotFound", "CacheCluster not found: {}")  # fmt: skip
_GROUPS = Kind(("AWS::ElastiCache::ReplicationGroup",), "ReplicationGroupId", _ARN + "replicationgroup:{id}",
               "ReplicationGroupNotFoundFault", "ReplicationGroup {} not found.")  # fmt: skip
_SUBNETS = Kind(("AWS::ElastiCache::SubnetGroup",), "CacheSubnetGroupName", _ARN + "subnetgroup:{id}",
                "CacheSubnetGroupNotFoundFault", "Cache Subnet Group {} does not exist.", 400)  # fmt: skip
_NODE = "0001"


class ElastiCacheApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        created = CreationTimes()
        self.operations = operations(lambda: View.of(running.cloud, created))
        self.handle = QueryApi(SERVICE, self.operations, validated=True).handle


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return the operations."""
    looks: dict[str, Callable[[View, Parameters], Mapping[str, Any]]] = {
        "DescribeCacheClusters": _clusters,
        "DescribeReplicationGroups": _groups,
        "DescribeCacheSubnetGroups": _subnet_groups,
        "ListTagsForResource": _tags,
    }

    def looking(look: Callable[[View, Parameters], Mapping[str, Any]]) -> Operation:
        async def operation(asked: Parameters) -> Mapping[str, Any]:
            return look(view(), asked)

        return operation

    return {name: looking(look) for name, look in looks.items()}


def _of(view: View, kind: Kind, asked: object) -> list[Resource]:
    return [view.found(kind, asked)] if asked else [*view.of_kind(kind)]


def _clusters(view: View, asked: Parameters) -> Mapping[str, Any]:
    named = asked.get("CacheClusterId")
    records = [_cluster(view, one, view.identifier(_CLUSTERS, one), None) for one in view.of_kind(_CLUSTERS)]
    records += [_cluster(view, group, name, group) for group in view.of_kind(_GROUPS) for name in _members(view, group)]
    found = [one for one in records if named is None or one["CacheClusterId"] == str(named).lower()]
    if named is not None and not found:
        resource = view.found(_CLUSTERS, named)
        found = [_cluster(view, resource, view.identifier(_CLUSTERS, resource), None)]
    if not asked.get("ShowCacheNodeInfo"):
        found = [{**one, "CacheNodes": None} for one in found]
    return page("CacheClusters", asked, found)


def _members(view: View, group: Resource) -> Iterator[str]:
    """Yield the clusters of a replication group, one for each node."""
    shards = whole_number(plain(group, "NumNodeGroups"), 1)
    replicas = whole_number(plain(group, "ReplicasPerNodeGroup"))
    count = whole_number(plain(group, "NumCacheClusters"), 1) if replicas is None else shards * (replicas + 1)
    return (f"{view.identifier(_GROUPS, group)}-{number:03}" for number in range(1, count + 1))


def _cluster(view: View, resource: Resource, name: str, group: Resource | None) -> dict[str, Any]:
    endpoint = {"Address": _address(view, resource), "Port": view.port(resource)}
    engine, zones = str(plain(resource, "Engine") or "redis"), view.zones(resource)
    subnets = plain(resource, "CacheSubnetGroupName")
    number = 1 if group else whole_number(plain(resource, "NumCacheNodes"), 1)
    arn = _CLUSTERS.arn.format(r=view.cloud.region, a=view.cloud.account_id, id=name)
    return {
        "CacheClusterId": name,
        "ARN": arn,
        "CacheClusterStatus": "available",
        "CacheClusterCreateTime": view.created.of(arn),
        "Engine": engine,
        "EngineVersion": plain(resource, "EngineVersion"),
        "CacheNodeType": plain(resource, "CacheNodeType"),
        "NumCacheNodes": number,
        "ConfigurationEndpoint": endpoint if engine == "memcached" else None,
        "CacheNodes": [
            {"CacheNodeId": f"{node:04}", "CacheNodeStatus": "available", "Endpoint": endpoint,
             "CustomerAvailabilityZone": zones[node % len(zones) - 1] if zones else None}
            for node in range(1, number + 1)
        ],
        "PreferredAvailabilityZone": zones[0] if len(zones) == 1 else "Multiple" if zones else None,
        "CacheSubnetGroupName": _subnets_name(view, subnets),
        "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in view.groups(resource)],
        "ReplicationGroupId": view.identifier(_GROUPS, group) if group else None,
        "TransitEncryptionEnabled": flag(resource, "TransitEncryptionEnabled"),
        "AtRestEncryptionEnabled": flag(resource, "AtRestEncryptionEnabled"),
    }  # fmt: skip


def _subnets_name(view: View, written: object) -> str | None:
    own = next((one for one in view.of_kind(_SUBNETS) if one.id == written), None)
    return view.identifier(_SUBNETS, own) if own else None if written is None else str(written)


def _address(view: View, resource: Resource) -> str | None:
    return view.address(resource, "PrimaryEndPoint.Address", "RedisEndpoint.Address", "ConfigurationEndpoint.Address")


def _groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    return page(
        "ReplicationGroups", asked, [_group(view, one) for one in _of(view, _GROUPS, asked.get("ReplicationGroupId"))]
    )


def _group(view: View, resource: Resource) -> dict[str, Any]:
    port, members = view.port(resource), [*_members(view, resource)]
    clustered = whole_number(plain(resource, "NumNodeGroups"), 1) > 1
    primary = {"Address": _address(view, resource), "Port": port}
    reader = {"Address": view.address(resource, "ReaderEndPoint.Address"), "Port": port}
    shard = {
        "NodeGroupId": _NODE, "Status": "available", "PrimaryEndpoint": primary, "ReaderEndpoint": reader,
        "NodeGroupMembers": [{"CacheClusterId": one, "CacheNodeId": _NODE} for one in members],
    }  # fmt: skip
    return {
        "ReplicationGroupId": view.identifier(_GROUPS, resource),
        "Description": str(plain(resource, "ReplicationGroupDescription") or ""),
        "ARN": view.arn(_GROUPS, resource),
        "Status": "available",
        "MemberClusters": members,
        "NodeGroups": [shard],
        "ConfigurationEndpoint": primary if clustered else None,
        "ClusterEnabled": clustered,
        "CacheNodeType": plain(resource, "CacheNodeType"),
        "AutomaticFailover": "enabled" if flag(resource, "AutomaticFailoverEnabled") else "disabled",
        "MultiAZ": "enabled" if flag(resource, "MultiAZEnabled") else "disabled",
        "TransitEncryptionEnabled": flag(resource, "TransitEncryptionEnabled"),
        "AtRestEncryptionEnabled": flag(resource, "AtRestEncryptionEnabled"),
        "Engine": str(plain(resource, "Engine") or "redis"),
    }


def _subnet_groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    every = _of(view, _SUBNETS, asked.get("CacheSubnetGroupName"))
    return page("CacheSubnetGroups", asked, [_subnet_group(view, one) for one in every])


def _subnet_group(view: View, resource: Resource) -> dict[str, Any]:
    subnets = view.subnets(resource)
    return {
        "CacheSubnetGroupName": view.identifier(_SUBNETS, resource),
        "CacheSubnetGroupDescription": str(plain(resource, "Description") or ""),
        "ARN": view.arn(_SUBNETS, resource),
        "VpcId": view.ec2.id(subnets[0].vpc_id) if subnets else None,
        "Subnets": [
            {"SubnetIdentifier": view.ec2.id(one.id), "SubnetAvailabilityZone": {"Name": view.ec2.id(one.availability_zone)}}
            for one in subnets
        ],
    }  # fmt: skip


def _tags(view: View, asked: Parameters) -> Mapping[str, Any]:
    arn = str(asked["ResourceName"])
    kinds = {":replicationgroup:": _GROUPS, ":subnetgroup:": _SUBNETS}
    kind = next((kind for part, kind in kinds.items() if part in arn), _CLUSTERS)
    return {"TagList": view.tags(view.found(kind, arn))}
