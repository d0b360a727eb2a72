"""ElastiCache's API: caches, replication groups and serverless caches by their place in the network."""

from collections.abc import Mapping
from functools import partial

from netful.account import absent, reading
from netful.account.absent import Absent
from netful.account.creation_times import CreationTimes
from netful.account.managed import cache_facts, caches
from netful.account.managed.caches import CLUSTERS, GROUPS, SERVERLESS, SERVICE, SUBNETS
from netful.account.managed.elasticache_writes import WRITES
from netful.account.managed.view import View, described, page
from netful.account.query_api import Parameters, QueryApi
from netful.account.reading import Look, Record
from netful.account.writing import Running, Writer


def _clusters(view: View, asked: Parameters) -> Record:
    named = asked.get("CacheClusterId")
    found = [one for one in caches.clusters(view) if named is None or one["CacheClusterId"] == str(named).lower()]
    if named is not None and not found:
        found = [caches.cluster(view, view.found(CLUSTERS, named))]
    if not asked.get("ShowCacheNodeInfo"):
        found = [{**one, "CacheNodes": None} for one in found]
    return page("CacheClusters", asked, found)


def _tags(view: View, asked: Parameters) -> Record:
    return {"TagList": view.tags(caches.tagged(view, str(asked["ResourceName"])))}


LOOKS: Mapping[str, Look[View]] = {
    "DescribeCacheClusters": _clusters,
    "DescribeReplicationGroups": described("ReplicationGroups", GROUPS, caches.group),
    "DescribeServerlessCaches": described("ServerlessCaches", SERVERLESS, caches.serverless),
    "DescribeCacheSubnetGroups": described("CacheSubnetGroups", SUBNETS, caches.subnet_group),
    "ListTagsForResource": _tags,
    **cache_facts.LOOKS,
}
_ABSENT = {
    "DescribeSnapshots": Absent("", "SnapshotName", "SnapshotNotFoundFault", 404),
    "DescribeServerlessCacheSnapshots": Absent(
        "", "ServerlessCacheSnapshotName", "ServerlessCacheSnapshotNotFoundFault", 404
    ),
    "DescribeUserGroups": Absent("AWS::ElastiCache::UserGroup", "UserGroupId", "UserGroupNotFound", 404),
    "DescribeGlobalReplicationGroups": Absent(
        "AWS::ElastiCache::GlobalReplicationGroup",
        "GlobalReplicationGroupId",
        "GlobalReplicationGroupNotFoundFault",
        404,
    ),
    "DescribeReservedCacheNodes": Absent("", "ReservedCacheNodeId", "ReservedCacheNodeNotFound", 404),
    "DescribeCacheSecurityGroups": Absent(
        "AWS::ElastiCache::SecurityGroup", "CacheSecurityGroupName", "CacheSecurityGroupNotFound", 404
    ),
    "DescribeEvents": Absent(),
    "DescribeServiceUpdates": Absent(),
}


class ElastiCacheApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View.of, created=CreationTimes())
        reads = reading.operations(LOOKS, lambda: view(running.cloud))
        none = absent.operations(SERVICE, _ABSENT, lambda: running.cloud)
        self.operations = {
            **reads,
            **none,
            **Writer(running, view).operations({**WRITES, **cache_facts.PARAMETER_GROUPS.writes()}),
        }
        self.handle = QueryApi(SERVICE, self.operations, validated=True).handle
