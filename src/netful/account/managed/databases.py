"""Databases and subnet groups as RDS returns them. DocumentDB's and Neptune's belong to the same API."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.account.managed.things import Thing, UsualGroup, subnets_of
from netful.account.managed.view import Kind, View, flag, plain
from netful.account.wire.errors import ApiError
from netful.engine.names.managed_places import PROXY, PROXY_ENDPOINT
from netful.model.core import Resource, is_true, whole_number
from netful.model.names.generated.database_ids import database_id
from netful.model.names.generated.master_secret import master_secret_name
from netful.model.names.generated.secret_names import with_suffix

SERVICE = "rds"
DB_INSTANCE, DB_SUBNET_GROUP = "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"
INSTANCES = Kind(
    (DB_INSTANCE, "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"), "DBInstanceIdentifier",
    "rds:db:{}", "DBInstanceNotFound", "DBInstance {} not found.",
)  # fmt: skip
CLUSTERS = Kind(
    ("AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"), "DBClusterIdentifier",
    "rds:cluster:{}", "DBClusterNotFoundFault", "DBCluster {} not found.",
)  # fmt: skip
SUBNET_GROUPS = Kind(
    (DB_SUBNET_GROUP, "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup"), "DBSubnetGroupName",
    "rds:subgrp:{}", "DBSubnetGroupNotFoundFault", "DB subnet group '{}' does not exist.",
)  # fmt: skip
PROXIES = Kind((PROXY,), "DBProxyName", "rds:db-proxy:{}", "DBProxyNotFoundFault", "DBProxy {} not found.")
PROXY_ENDPOINTS = Kind(
    (PROXY_ENDPOINT,), "DBProxyEndpointName", "rds:db-proxy-endpoint:{}",
    "DBProxyEndpointNotFoundFault", "DBProxyEndpoint {} not found.",
)  # fmt: skip
_OF_TYPES = {"AWS::DocDB": "docdb", "AWS::Neptune": "neptune"}
ENGINES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mysql": ("MySQL Community Edition", ("8.0.40", "8.0.42", "8.4.5")),
    "mariadb": ("MariaDb Community Edition", ("10.11.11", "11.4.5")),
    "postgres": ("PostgreSQL", ("14.18", "15.13", "16.9", "17.4")),
    "aurora-mysql": ("Aurora MySQL", ("8.0.mysql_aurora.3.08.2",)),
    "aurora-postgresql": ("Aurora PostgreSQL", ("15.12", "16.8")),
    "docdb": ("Amazon DocumentDB (with MongoDB compatibility)", ("4.0.0", "5.0.0")),
    "neptune": ("Neptune", ("1.3.5.0", "1.4.5.0")),
}
"""Engines with their descriptions and versions, the default one last but for what `_DEFAULTS` names."""

_DEFAULTS = {"mysql": "8.0.42"}
_TWO_ZONES = 2
_ZONES = "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: {}. Add subnets to cover at least 2 AZs."
_HOSTED_ZONE = "Z2R2ITUGPM61AM"
"""Zone of the names of databases."""
_USUAL = {
    "PreferredBackupWindow": "03:00-03:30", "PreferredMaintenanceWindow": "sun:05:00-sun:05:30", "BackupRetentionPeriod": 1,
    "MonitoringInterval": 0, "NetworkType": "IPV4", "DomainMemberships": [], "AssociatedRoles": [],
    "ActivityStreamStatus": "stopped", "EngineLifecycleSupport": "open-source-rds-extended-support",
}  # fmt: skip
"""AWS's defaults of instances and clusters."""
_USUAL_OF_INSTANCES = {
    "StorageThroughput": 0, "CustomerOwnedIpEnabled": False, "BackupTarget": "region", "MultiTenant": False,
    "DedicatedLogVolume": False, "DBSecurityGroups": [],
    "ReadReplicaDBClusterIdentifiers": [], "PendingModifiedValues": {}, "CACertificateIdentifier": "rds-ca-rsa2048-g1",
}  # fmt: skip
_FLAGS = {
    "MultiAZ": False, "AutoMinorVersionUpgrade": True, "StorageEncrypted": False,
    "CopyTagsToSnapshot": False, "DeletionProtection": False,
}  # fmt: skip


def engine(view: View, resource: Resource) -> str:
    """Return the engine of an instance or a cluster; a member of a cluster has its cluster's, a read replica its source's."""
    holder = _cluster_of(view, resource) or source_of(view, resource)
    written = plain(resource, "Engine") or (engine(view, holder) if holder else None)
    return str(written or _OF_TYPES.get(resource.type.rpartition("::")[0], "mysql"))


def _cluster_of(view: View, resource: Resource) -> Resource | None:
    named = plain(resource, "DBClusterIdentifier")
    every = {one.id: one for one in view.of_kind(CLUSTERS)}
    by_identifier = {view.identifier(CLUSTERS, one): one for one in every.values()}
    return every.get(str(named)) or by_identifier.get(str(named).lower()) if resource.type in INSTANCES.types else None


def source_of(view: View, resource: Resource) -> Resource | None:
    """Return the source of a read replica; None for another database."""
    named = str(plain(resource, "SourceDBInstanceIdentifier") or "").rpartition(":")[2]
    every = [one for one in view.of_kind(INSTANCES) if one is not resource] if named else []
    return next((one for one in every if named in (one.id, view.identifier(INSTANCES, one))), None)


def _common(view: View, resource: Resource) -> dict[str, Any]:
    """Return the members that instances and clusters share."""
    kind, interfaces = engine(view, resource), view.cloud.network.interfaces_of(resource.id)
    public = any(eni.public_addresses() for eni in interfaces)
    return {
        **{name: flag(resource, name, default=default) for name, default in _FLAGS.items()},
        "PubliclyAccessible": flag(resource, "PubliclyAccessible", default=public),
        "Engine": kind,
        "EngineVersion": _version(resource, kind),
        "PerformanceInsightsEnabled": flag(resource, "EnablePerformanceInsights")
        or flag(resource, "PerformanceInsightsEnabled"),
        "IAMDatabaseAuthenticationEnabled": flag(resource, "EnableIAMDatabaseAuthentication"),
        "VpcSecurityGroups": [{"VpcSecurityGroupId": one, "Status": "active"} for one in view.groups(resource)],
        "TagList": view.tags(resource),
        "MasterUserSecret": _master_secret(view, resource),
    }


def _master_secret(view: View, resource: Resource) -> dict[str, str] | None:
    """Return the secret that RDS makes for the master user; None without one."""
    place = view.cloud.region_of(resource.id), view.cloud.account_of(resource.id)
    name = master_secret_name(resource.type, resource.id, *place)
    if name is None or not is_true(resource.properties.get("ManageMasterUserPassword")):
        return None
    key = (plain(resource, "MasterUserSecret") or {}).get("KmsKeyId") or plain(resource, "MasterUserSecretKmsKeyId")
    arn = view.cloud.arn("secretsmanager", f"secret:{with_suffix(name, *reversed(place))}", resource.id)
    return {"SecretArn": arn, "SecretStatus": "active", **({"KmsKeyId": str(key)} if key else {})}


def status(view: View, resource: Resource) -> str:
    """Return the status of an instance or a cluster."""
    return "stopped" if f"{resource.id}.stopped" in view.cloud.template.resources else "available"


def members(view: View, cluster: Resource) -> list[Resource]:
    """Return the instances of a cluster."""
    return [one for one in view.of_kind(INSTANCES) if _cluster_of(view, one) is cluster]


def _instance(view: View, resource: Resource) -> dict[str, Any]:
    cluster, group, source = _cluster_of(view, resource), _subnet_group_of(view, resource), source_of(view, resource)
    zones, address = view.zones(resource), view.address(resource, "Endpoint.Address", "Endpoint")
    holder = cluster or resource
    return {
        "AllocatedStorage": whole_number(plain(resource, "AllocatedStorage"), 1 if cluster else 20),
        "StorageType": str(plain(resource, "StorageType") or ("aurora" if cluster else "gp2")),
        "LicenseModel": str(plain(resource, "LicenseModel") or "general-public-license"),
        **_common(view, resource),
        "DBInstanceIdentifier": view.identifier(INSTANCES, resource),
        "DBInstanceArn": view.arn(INSTANCES, resource),
        "DbiResourceId": database_id(resource.type, resource.id),
        "DBInstanceStatus": status(view, resource),
        "InstanceCreateTime": view.created.of(view.arn(INSTANCES, resource)),
        "Endpoint": {"Address": address, "Port": _port(view, holder)},
        "DbInstancePort": 0,
        "AvailabilityZone": plain(resource, "AvailabilityZone") or (zones[0] if zones else None),
        "DBSubnetGroup": SUBNET_GROUP.record(view, group) if group else None,
        "DBClusterIdentifier": view.identifier(CLUSTERS, cluster) if cluster else None,
        "OptionGroupMemberships": [{"OptionGroupName": _options(view, resource), "Status": "in-sync"}],
        "ReadReplicaSourceDBInstanceIdentifier": view.identifier(INSTANCES, source) if source else None,
        "ReadReplicaDBInstanceIdentifiers": [
            view.identifier(INSTANCES, one) for one in view.of_kind(INSTANCES) if source_of(view, one) is resource
        ],
        "DBParameterGroups": [{"DBParameterGroupName": _parameters(view, resource), "ParameterApplyStatus": "in-sync"}],
    }


def _port(view: View, resource: Resource) -> int:
    written = whole_number(plain(resource, "Port"))
    return view.port(resource) if written is None else written


def _parameters(view: View, resource: Resource, name: str = "DBParameterGroupName") -> str:
    """Return the name of the parameter group: as written, else the default one of an engine and its major version."""
    kind = engine(view, resource)
    return str(plain(resource, name) or f"default.{kind}{_major(resource, kind)}")


def _options(view: View, resource: Resource) -> str:
    """Return the name of the option group, in the same way."""
    kind = engine(view, resource)
    default = f"default:{kind}-{_major(resource, kind).replace('.', '-')}"
    return str(plain(resource, "OptionGroupName") or default)


def _major(resource: Resource, kind: str) -> str:
    return major(kind, _version(resource, kind))


def major(engine: str, version: str) -> str:
    """Return the major version of an engine, which families of parameters are named after."""
    parts = version.split(".")
    return parts[0] if engine.endswith(("postgres", "postgresql")) else ".".join(parts[:2])


def default_version(engine: str) -> str:
    """Return the version of an engine that AWS takes without one; `1.0` for an unknown engine."""
    return _DEFAULTS.get(engine) or ENGINES.get(engine, ("", ("1.0",)))[1][-1]


def _version(resource: Resource, kind: str) -> str:
    return str(plain(resource, "EngineVersion") or default_version(kind))


def _cluster(view: View, resource: Resource) -> dict[str, Any]:
    group = _subnet_group_of(view, resource)
    return {
        **_common(view, resource),
        "DBClusterIdentifier": view.identifier(CLUSTERS, resource),
        "DBClusterArn": view.arn(CLUSTERS, resource),
        "DbClusterResourceId": database_id(resource.type, resource.id),
        "Status": status(view, resource),
        "ClusterCreateTime": view.created.of(view.arn(CLUSTERS, resource)),
        "Endpoint": view.address(resource, "Endpoint.Address", "Endpoint"),
        "ReaderEndpoint": view.address(resource, "ReadEndpoint.Address", "ReadEndpoint"),
        "Port": _port(view, resource),
        "HostedZoneId": _HOSTED_ZONE,
        "HttpEndpointEnabled": flag(resource, "EnableHttpEndpoint"),
        "DBClusterParameterGroup": _parameters(view, resource, "DBClusterParameterGroupName"),
        "AvailabilityZones": view.zones(resource),
        "DBSubnetGroup": view.identifier(SUBNET_GROUPS, group) if group else None,
        "DBClusterMembers": [
            {"DBInstanceIdentifier": view.identifier(INSTANCES, one), "IsClusterWriter": number == 0,
             "DBClusterParameterGroupStatus": "in-sync", "PromotionTier": 1}
            for number, one in enumerate(members(view, resource))
        ],
    }  # fmt: skip


def _subnet_group_of(view: View, resource: Resource) -> Resource | None:
    holder = _cluster_of(view, resource) or resource
    named = plain(holder, "DBSubnetGroupName")
    own = {one.id: one for one in view.of_kind(SUBNET_GROUPS)}
    by_name = {view.identifier(SUBNET_GROUPS, one): one for one in own.values()}
    return own.get(str(named)) or by_name.get(str(named).lower())


def _subnet_group(view: View, resource: Resource) -> dict[str, Any]:
    place = subnets_of(view, resource, "SubnetIdentifier", "SubnetAvailabilityZone")
    return {
        **place,
        "DBSubnetGroupName": view.identifier(SUBNET_GROUPS, resource),
        "DBSubnetGroupDescription": str(plain(resource, "DBSubnetGroupDescription") or ""),
        "DBSubnetGroupArn": view.arn(SUBNET_GROUPS, resource),
        "SubnetGroupStatus": "Complete",
        "Subnets": [{**one, "SubnetStatus": "Active"} for one in place["Subnets"]],
        "SupportedNetworkTypes": ["IPV4"],
    }


def _check_zones(view: View, own: Mapping[str, Any]) -> None:
    subnets = [view.cloud.network.subnets[one] for one in own.get("SubnetIds") or ()]
    zones = {str(one.availability_zone) for one in subnets}
    if subnets and len(zones) < _TWO_ZONES:
        raise ApiError("DBSubnetGroupDoesNotCoverEnoughAZs", _ZONES.format(", ".join(zones)))


_GROUP = UsualGroup("subgrp/default", {"DBSubnetGroupDescription": "default"}, SUBNET_GROUPS.code,
                    SUBNET_GROUPS.text.format("default"), SUBNET_GROUPS.status)  # fmt: skip
SUBNET_GROUP = Thing(
    SERVICE, SUBNET_GROUPS, "DBSubnetGroup", "DBSubnetGroupName", "DBSubnetGroup",
    "DBSubnetGroupAlreadyExists", _subnet_group, prefix="subgrp", check=_check_zones,
    users=tuple((one, "DBSubnetGroupName") for one in (INSTANCES, CLUSTERS)), in_use="InvalidDBSubnetGroupStateFault",
    taken="DB subnet group already exists",
    used="Cannot delete the subnet group '{name}' because at least one database instance: {user} is still using it.",
)  # fmt: skip
INSTANCE = Thing(
    SERVICE, INSTANCES, "DBInstance", "DBInstanceIdentifier", "DBInstance", "DBInstanceAlreadyExists", _instance,
    renamed={"VpcSecurityGroupIds": "VPCSecurityGroups", "DBPortNumber": "Port"}, usual={**_USUAL, **_USUAL_OF_INSTANCES},
    within=SUBNET_GROUPS, group=replace(_GROUP, unless="DBClusterIdentifier"), state="DBInstanceStatus", prefix="db",
    taken="DB instance already exists",
)  # fmt: skip
CLUSTER = Thing(
    SERVICE, CLUSTERS, "DBCluster", "DBClusterIdentifier", "DBCluster", "DBClusterAlreadyExistsFault", _cluster,
    usual={**_USUAL, "AllocatedStorage": 1}, within=SUBNET_GROUPS, group=_GROUP, state="Status", prefix="cluster",
    taken="DB Cluster already exists",
)  # fmt: skip


def proxy_arn(view: View, resource: Resource) -> str:
    """Return the ARN of a proxy, which ends with its resource id."""
    end = database_id(resource.type, resource.id)
    return view.arn_of(PROXIES, end)


def tagged(view: View, arn: object) -> Resource:
    """Return the resource with an ARN, of whatever kind. Raises ApiError for an unknown one."""
    kinds: Mapping[str, Kind] = {":cluster:": CLUSTERS, ":subgrp:": SUBNET_GROUPS}
    proxy = next((one for one in view.of_kind(PROXIES) if proxy_arn(view, one) == arn), None)
    return proxy or view.found(next((kind for part, kind in kinds.items() if part in str(arn)), INSTANCES), arn)
