"""ElastiCache's API: caches, replication groups and serverless caches by their place in the network."""

from collections.abc import Mapping
from functools import partial

from netful.account.absent import Absent
from netful.account.managed import cache_facts
from netful.account.managed.caches import (
    CLUSTER,
    GROUP,
    NO_VPC,
    SERVERLESS_CACHE,
    SERVICE,
    SUBNET_GROUP,
    clusters,
    tagged,
)
from netful.account.managed.things import Change, Look, ManagedApi, default_subnets, tag_writes, tags, writes
from netful.account.managed.view import View, page
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.writing import Write


def _clusters(view: View, asked: Parameters) -> Record:
    named = asked.get("CacheClusterId")
    found = [one for one in clusters(view) if named is None or one["CacheClusterId"] == str(named).lower()]
    if named is not None and not found:
        found = CLUSTER.described(view, asked)
    if asked.get("ShowCacheClustersNotInReplicationGroups"):
        found = [one for one in found if not one.get("ReplicationGroupId")]
    if not asked.get("ShowCacheNodeInfo"):
        found = [{**one, "CacheNodes": None} for one in found]
    return page("CacheClusters", asked, found)


def _create_serverless(view: View, asked: Parameters) -> Change:
    place = {} if asked.get("SubnetIds") else {"SubnetIds": default_subnets(view, NO_VPC)}
    return SERVERLESS_CACHE.create(view, {**asked, **place})


LOOKS: Mapping[str, Look] = {
    "DescribeCacheClusters": _clusters,
    "DescribeReplicationGroups": GROUP.look(),
    "DescribeServerlessCaches": SERVERLESS_CACHE.look(),
    "DescribeCacheSubnetGroups": SUBNET_GROUP.look(),
    "ListTagsForResource": tags(tagged, "ResourceName", "TagList"),
    **cache_facts.LOOKS,
}
WRITES: Mapping[str, Write[View]] = {
    **writes((CLUSTER, GROUP, SERVERLESS_CACHE, SUBNET_GROUP), "Modify"),
    "CreateServerlessCache": _create_serverless,
    **tag_writes(tagged, ("AddTagsToResource", "RemoveTagsFromResource"), "ResourceName", "TagList"),
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

ElastiCacheApi = partial(ManagedApi, SERVICE, LOOKS, WRITES, _ABSENT)
