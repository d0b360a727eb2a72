"""ElastiCache's API: caches, replication groups and serverless caches by their place in the network."""

from collections.abc import Mapping
from functools import partial

from netful.account.absent import Absent
from netful.account.managed import cache_facts, caches
from netful.account.managed.things import Change, Look, ManagedApi, default_subnets, tag_writes, tags, writes
from netful.account.managed.view import View, page
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.writing import Write


def _clusters(view: View, asked: Parameters) -> Record:
    named = asked.get("CacheClusterId")
    found = [one for one in caches.clusters(view) if named is None or one["CacheClusterId"] == str(named).lower()]
    if named is not None and not found:
        found = caches.CLUSTER.described(view, asked)
    if asked.get("ShowCacheClustersNotInReplicationGroups"):
        found = [one for one in found if not one.get("ReplicationGroupId")]
    if not asked.get("ShowCacheNodeInfo"):
        found = [{**one, "CacheNodes": None} for one in found]
    return page("CacheClusters", asked, found)


def _create_serverless(view: View, asked: Parameters) -> Change:
    place = {} if asked.get("SubnetIds") else {"SubnetIds": default_subnets(view, caches.NO_VPC)}
    return caches.SERVERLESS_CACHE.create(view, {**asked, **place})


LOOKS: Mapping[str, Look] = {
    "DescribeCacheClusters": _clusters,
    "DescribeReplicationGroups": caches.GROUP.look(),
    "DescribeServerlessCaches": caches.SERVERLESS_CACHE.look(),
    "DescribeCacheSubnetGroups": caches.SUBNET_GROUP.look(),
    "ListTagsForResource": tags(caches.tagged, "ResourceName", "TagList"),
    **cache_facts.LOOKS,
}
WRITES: Mapping[str, Write[View]] = {
    **writes((caches.CLUSTER, caches.GROUP, caches.SERVERLESS_CACHE, caches.SUBNET_GROUP), "Modify"),
    "CreateServerlessCache": _create_serverless,
    **tag_writes(caches.tagged, ("AddTagsToResource", "RemoveTagsFromResource"), "ResourceName", "TagList"),
    **cache_facts.PARAMETER_GROUPS.writes(),
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

ElastiCacheApi = partial(ManagedApi, caches.SERVICE, LOOKS, WRITES, _ABSENT)
