"""Caches, replication groups, serverless caches and subnet groups as ElastiCache returns them."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.managed.things import Thing, UsualGroup, subnets_of
from netful.account.managed.view import Kind, View, flag, plain
from netful.model.core import Maybe, Resource, Unknown, whole_number
from netful.model.names.generated.managed_names import node_names

SERVICE = "elasticache"
CLUSTERS = Kind(("AWS::ElastiCache::CacheCluster",), "ClusterName", "elasticache:cluster:{}",
                "CacheClusterNotFound", "CacheCluster not found: {}")  # fmt: skip
GROUPS = Kind(("AWS::ElastiCache::ReplicationGroup",), "ReplicationGroupId", "elasticache:replicationgroup:{}",
              "ReplicationGroupNotFoundFault", "ReplicationGroup {} not found.")  # fmt: skip
SERVERLESS = Kind(("AWS::ElastiCache::ServerlessCache",), "ServerlessCacheName", "elasticache:serverlesscache:{}",
                  "ServerlessCacheNotFoundFault", "ServerlessCache {} not found.")  # fmt: skip
PARAMETERS = Kind(("AWS::ElastiCache::ParameterGroup",), "CacheParameterGroupName", "elasticache:parametergroup:{}",
                  "CacheParameterGroupNotFound", "CacheParameterGroup not found: {}")  # fmt: skip
SUBNETS = Kind(("AWS::ElastiCache::SubnetGroup",), "CacheSubnetGroupName", "elasticache:subnetgroup:{}",
               "CacheSubnetGroupNotFoundFault", "Cache Subnet Group {} does not exist.", 400)  # fmt: skip
_NODE, _TAKEN = "0001", "{noun} already exists"
VERSIONS: Mapping[str, Mapping[str, str]] = {
    "valkey": {"7.2": "valkey7", "8.0": "valkey8"},
    "redis": {"6.2": "redis6.x", "7.0": "redis7", "7.1": "redis7"},
    "memcached": {"1.6.22": "memcached1.6"},
}
"""Families of parameter groups, by engine and version; the last version is the default one."""


def clusters(view: View) -> list[dict[str, Any]]:
    """Return the records of all clusters, those of replication groups included."""
    found = CLUSTER.described(view, {})
    for group in view.of_kind(GROUPS):
        written = {name: group.properties.get(name, value) for name, value in _USUAL.items()}
        found += ({**written, **_cluster(view, group, name, group)} for name in _members(view, group))
    return found


def _members(view: View, group: Resource) -> Iterator[str]:
    """Yield the clusters of a replication group, one for each node."""
    shards = whole_number(plain(group, "NumNodeGroups"), 1)
    replicas = whole_number(plain(group, "ReplicasPerNodeGroup"))
    count = whole_number(plain(group, "NumCacheClusters"), 1) if replicas is None else shards * (replicas + 1)
    return (f"{view.identifier(GROUPS, group)}-{number:03}" for number in range(1, count + 1))


def _shards(group: Resource, members: list[str]) -> list[list[str]]:
    """Return the clusters of a replication group, shard by shard."""
    size = len(members) // whole_number(plain(group, "NumNodeGroups"), 1) or 1
    return [members[at : at + size] for at in range(0, len(members), size)]


def _cluster(view: View, resource: Resource, name: str, group: Resource | None) -> dict[str, Any]:
    endpoint = {"Address": _address(view, resource), "Port": view.port(resource)}
    configuration = view.address(resource, "ConfigurationEndpoint.Address")
    nodes = node_names(resource, view.cloud.region_of(resource.id))
    engine, zones = str(plain(resource, "Engine") or "redis"), view.zones(resource)
    subnets = plain(resource, "CacheSubnetGroupName")
    number = 1 if group else whole_number(plain(resource, "NumCacheNodes"), 1)
    arn = view.arn_of(CLUSTERS, name)
    return {
        "CacheClusterId": name,
        "ARN": arn,
        "CacheClusterStatus": "available",
        "CacheClusterCreateTime": view.created.of(arn),
        "Engine": engine,
        "EngineVersion": version(resource, engine),
        "CacheParameterGroup": {"CacheParameterGroupName": _parameters(resource, engine), "ParameterApplyStatus": "in-sync",
                                "CacheNodeIdsToReboot": []},
        "CacheNodeType": plain(resource, "CacheNodeType"),
        "NumCacheNodes": number,
        "ConfigurationEndpoint": {**endpoint, "Address": configuration} if nodes else None,
        "CacheNodes": [
            {"CacheNodeId": f"{node:04}", "CacheNodeStatus": "available",
             "Endpoint": {**endpoint, "Address": nodes[node - 1]} if nodes else endpoint,
             "CustomerAvailabilityZone": zones[node % len(zones) - 1] if zones else None}
            for node in range(1, number + 1)
        ],
        "PreferredAvailabilityZone": zones[0] if len(zones) == 1 else "Multiple" if zones else None,
        "CacheSubnetGroupName": _subnets_name(view, subnets),
        "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in view.groups(resource)],
        "ReplicationGroupId": view.identifier(GROUPS, group) if group else None,
        "TransitEncryptionEnabled": flag(resource, "TransitEncryptionEnabled"),
        "AtRestEncryptionEnabled": flag(resource, "AtRestEncryptionEnabled"),
    }  # fmt: skip


def version(resource: Resource, engine: str) -> str:
    """Return the version of a cache's engine: as written, else the default one."""
    return str(plain(resource, "EngineVersion") or [*VERSIONS.get(engine, {"1.0": ""})][-1])


def _parameters(resource: Resource, engine: str) -> str:
    """Return the name of the parameter group: as written, else the default one of the engine's version."""
    families, own = VERSIONS.get(engine, {}), version(resource, engine)
    family = next((name for one, name in families.items() if one.startswith(own) or own.startswith(one)), engine)
    return str(plain(resource, "CacheParameterGroupName") or f"default.{family}")


def _subnets_name(view: View, written: object) -> str | None:
    own = next((one for one in view.of_kind(SUBNETS) if one.id == written), None)
    return view.identifier(SUBNETS, own) if own else None if written is None else str(written)


def _address(view: View, resource: Resource) -> str | None:
    return view.address(resource, "PrimaryEndPoint.Address", "RedisEndpoint.Address", "ConfigurationEndpoint.Address")


def _enabled(resource: Resource, name: str) -> Maybe[str]:
    written = flag(resource, name)
    return written if isinstance(written, Unknown) else "enabled" if written else "disabled"


def _replication_group(view: View, resource: Resource) -> dict[str, Any]:
    port, members = view.port(resource), [*_members(view, resource)]
    clustered = whole_number(plain(resource, "NumNodeGroups"), 1) > 1
    primary = {"Address": _address(view, resource), "Port": port}
    reader = {"Address": view.address(resource, "ReaderEndPoint.Address"), "Port": port}
    ends = {} if clustered else {"PrimaryEndpoint": primary, "ReaderEndpoint": reader}
    shards = [
        {"NodeGroupId": f"{number:04}", "Status": "available", **ends,
         "NodeGroupMembers": [{"CacheClusterId": one, "CacheNodeId": _NODE} for one in nodes]}
        for number, nodes in enumerate(_shards(resource, members), 1)
    ]  # fmt: skip
    return {
        "ReplicationGroupId": view.identifier(GROUPS, resource),
        "Description": str(plain(resource, "ReplicationGroupDescription") or ""),
        "ARN": view.arn(GROUPS, resource),
        "Status": "available",
        "MemberClusters": members,
        "NodeGroups": shards,
        "ConfigurationEndpoint": primary if clustered else None,
        "ClusterEnabled": clustered,
        "CacheNodeType": plain(resource, "CacheNodeType"),
        "AutomaticFailover": _enabled(resource, "AutomaticFailoverEnabled"),
        "MultiAZ": _enabled(resource, "MultiAZEnabled"),
        "TransitEncryptionEnabled": flag(resource, "TransitEncryptionEnabled"),
        "AtRestEncryptionEnabled": flag(resource, "AtRestEncryptionEnabled"),
        "Engine": str(plain(resource, "Engine") or "redis"),
        "DataTiering": _enabled(resource, "DataTieringEnabled"),
    }


def _serverless(view: View, resource: Resource) -> dict[str, Any]:
    port, arn = view.port(resource), view.arn(SERVERLESS, resource)
    return {
        "ServerlessCacheName": view.identifier(SERVERLESS, resource),
        "Description": str(plain(resource, "Description") or ""),
        "ARN": arn,
        "CreateTime": view.created.of(arn),
        "Status": "available",
        "Engine": str(plain(resource, "Engine") or "redis"),
        "MajorEngineVersion": plain(resource, "MajorEngineVersion"),
        "SecurityGroupIds": view.groups(resource),
        "SubnetIds": view.ec2.ids(plain(resource, "SubnetIds") or ()),
        "Endpoint": {"Address": view.address(resource, "Endpoint.Address"), "Port": port},
        "ReaderEndpoint": {"Address": view.address(resource, "ReaderEndpoint.Address"), "Port": port},
    }


def _subnet_group(view: View, resource: Resource) -> dict[str, Any]:
    return {
        "CacheSubnetGroupName": view.identifier(SUBNETS, resource),
        "CacheSubnetGroupDescription": str(plain(resource, "Description") or ""),
        "ARN": view.arn(SUBNETS, resource),
        **subnets_of(view, resource, "SubnetIdentifier", "SubnetAvailabilityZone"),
    }


_USUAL = {
    "PreferredMaintenanceWindow": "sun:05:00-sun:06:00", "SnapshotRetentionLimit": 0, "AutoMinorVersionUpgrade": True,
    "NetworkType": "ipv4", "IpDiscovery": "ipv4",
}  # fmt: skip
"""AWS's defaults."""

_OF_GROUPS = {"CacheSubnetGroupName": "default", "Description": "Default CacheSubnetGroup"}
NO_VPC = UsualGroup("cachesubnetgroup/default", _OF_GROUPS, "InvalidParameterValue",
                    "Your account does not have a default VPC: name a cache subnet group")  # fmt: skip
CLUSTER = Thing(
    SERVICE, CLUSTERS, "CacheCluster", "CacheClusterId", "CacheCluster", "CacheClusterAlreadyExists",
    lambda view, one: _cluster(view, one, view.identifier(CLUSTERS, one), None), renamed={"SecurityGroupIds": "VpcSecurityGroupIds", "CacheClusterId": "ClusterName"}, usual=_USUAL,
    within=SUBNETS, group=NO_VPC, state="CacheClusterStatus", prefix="cache", taken=_TAKEN,
)  # fmt: skip
GROUP = Thing(
    SERVICE, GROUPS, "ReplicationGroup", "ReplicationGroupId", "ReplicationGroup",
    "ReplicationGroupAlreadyExists", _replication_group, usual=_USUAL, within=SUBNETS, group=NO_VPC, state="Status",
    prefix="replicationgroup", taken=_TAKEN,
)  # fmt: skip
SERVERLESS_CACHE = Thing(
    SERVICE, SERVERLESS, "ServerlessCache", "ServerlessCacheName", "ServerlessCache",
    "ServerlessCacheAlreadyExistsFault", _serverless, state="Status", prefix="serverlesscache", taken=_TAKEN,
)  # fmt: skip
SUBNET_GROUP = Thing(
    SERVICE, SUBNETS, "CacheSubnetGroup", "CacheSubnetGroupName", "CacheSubnetGroup",
    "CacheSubnetGroupAlreadyExists", _subnet_group, renamed={"CacheSubnetGroupDescription": "Description"},
    users=tuple((one, "CacheSubnetGroupName") for one in (CLUSTERS, GROUPS)), in_use="CacheSubnetGroupInUse",
    prefix="cachesubnetgroup", taken="Cache Subnet Group {name} already exists.",
    used="Cache subnet group {name} is currently in use by a cache cluster.",
)  # fmt: skip


def tagged(view: View, asked: object) -> Resource:
    """Return the resource with an ARN, of whatever kind. Raises ApiError for an unknown one."""
    kinds = {
        ":parametergroup:": PARAMETERS,
        ":replicationgroup:": GROUPS,
        ":subnetgroup:": SUBNETS,
        ":serverlesscache:": SERVERLESS,
    }
    arn = str(asked)
    return view.found(next((kind for part, kind in kinds.items() if part in arn), CLUSTERS), arn)
