"""Facts about RDS that no account changes: versions of engines, certificates; and what no account has."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.absent import Absent
from netful.account.managed.databases import (
    CLUSTER,
    CLUSTERS,
    ENGINES,
    INSTANCES,
    SUBNET_GROUPS,
    default_version,
    major,
)
from netful.account.managed.things import Look
from netful.account.managed.view import View, page
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_action

_CERTIFICATES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")

ABSENT: Mapping[str, Absent] = {
    "DescribeDBSnapshots": Absent("", "DBSnapshotIdentifier", "DBSnapshotNotFound", 404),
    "DescribeDBClusterSnapshots": Absent("", "DBClusterSnapshotIdentifier", "DBClusterSnapshotNotFoundFault", 404),
    "DescribeDBInstanceAutomatedBackups": Absent(),
    "DescribeDBSecurityGroups": Absent(
        "AWS::RDS::DBSecurityGroup", "DBSecurityGroupName", "DBSecurityGroupNotFound", 404
    ),
    "DescribeEvents": Absent(),
    "DescribeEventSubscriptions": Absent(
        "AWS::RDS::EventSubscription", "SubscriptionName", "SubscriptionNotFound", 404
    ),
    "DescribeGlobalClusters": Absent(
        "AWS::RDS::GlobalCluster", "GlobalClusterIdentifier", "GlobalClusterNotFoundFault", 404
    ),
    "DescribePendingMaintenanceActions": Absent(),
    "DescribeReservedDBInstances": Absent("", "ReservedDBInstanceId", "ReservedDBInstanceNotFound", 404),
    "DescribeTenantDatabases": Absent(),
}


def _versions(asked: Parameters) -> Iterator[dict[str, Any]]:
    for engine, (text, versions) in ENGINES.items():
        default, wanted = default_version(engine), asked.get("EngineVersion")
        for version in versions:
            if (asked.get("DefaultOnly") and version != default) or (
                wanted and not f"{version}.".startswith(f"{wanted}.")
            ):
                continue
            number = major(engine, version)
            yield {
                "Engine": engine, "EngineVersion": version, "MajorEngineVersion": number, "DBEngineDescription": text,
                "DBEngineVersionDescription": f"{text} {version}", "DBParameterGroupFamily": f"{engine}{number}",
                "Status": "available", "ValidUpgradeTarget": [], "SupportsReadReplica": True, "TagList": [],
            }  # fmt: skip


def _engine_versions(_view: View, asked: Parameters) -> Mapping[str, Any]:
    """DescribeDBEngineVersions: some of AWS's versions; `17` asks for all of that major version."""
    engine, family = asked.get("Engine"), asked.get("DBParameterGroupFamily")
    rows = [
        one for one in _versions(asked)
        if engine in (None, one["Engine"]) and family in (None, one["DBParameterGroupFamily"])
    ]  # fmt: skip
    return page("DBEngineVersions", asked, rows)


def _certificates(_view: View, asked: Parameters) -> Mapping[str, Any]:
    named = asked.get("CertificateIdentifier")
    rows = [
        {"CertificateIdentifier": one, "CertificateType": "CA", "CustomerOverride": False}
        for one in _CERTIFICATES
        if named in (None, one)
    ]
    return {**page("Certificates", asked, rows), "DefaultCertificateForNewLaunches": _CERTIFICATES[0]}


def _log_files(view: View, asked: Parameters) -> Mapping[str, Any]:
    """DescribeDBLogFiles: the account keeps no files of logs."""
    view.found(INSTANCES, asked["DBInstanceIdentifier"])
    return page("DescribeDBLogFiles", asked, [])


def _quotas(view: View, _asked: Parameters) -> Mapping[str, Any]:
    """DescribeAccountAttributes: AWS's default quotas, and what of them is used."""
    used = {name: len([*view.of_kind(kind)]) for name, (kind, _) in _QUOTAS.items()}
    return {
        "AccountQuotas": [
            {"AccountQuotaName": name, "Used": used[name], "Max": most} for name, (_, most) in _QUOTAS.items()
        ]
    }


_QUOTAS = {"DBInstances": (INSTANCES, 40), "DBClusters": (CLUSTERS, 40), "DBSubnetGroups": (SUBNET_GROUPS, 50)}


def _cluster_endpoints(view: View, asked: Parameters) -> Mapping[str, Any]:
    """DescribeDBClusterEndpoints: those that AWS makes with each cluster."""
    if any(view.cloud.template.of_type("AWS::RDS::DBClusterEndpoint")):
        raise invalid_action("DescribeDBClusterEndpoints")
    if asked.get("DBClusterEndpointIdentifier"):  # those of AWS have none
        text = f"DBClusterEndpoint {asked['DBClusterEndpointIdentifier']} not found."
        raise ApiError("DBClusterEndpointNotFoundFault", text)
    rows = [
        {
            "DBClusterIdentifier": one["DBClusterIdentifier"],
            "Endpoint": one[member],
            "Status": one["Status"],
            "EndpointType": kind,
        }
        for one in CLUSTER.described(view, asked)
        for member, kind in (("Endpoint", "WRITER"), ("ReaderEndpoint", "READER"))
    ]
    return page("DBClusterEndpoints", asked, rows)


LOOKS: Mapping[str, Look] = {
    "DescribeDBEngineVersions": _engine_versions,
    "DescribeCertificates": _certificates,
    "DescribeDBLogFiles": _log_files,
    "DescribeAccountAttributes": _quotas,
    "DescribeDBClusterEndpoints": _cluster_endpoints,
}
