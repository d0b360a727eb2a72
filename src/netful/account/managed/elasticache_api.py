"""ElastiCache's API: caches, replication groups and serverless caches by their place in the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account import absent
from netful.account.absent import Absent
from netful.account.creation_times import CreationTimes
from netful.account.managed import cache_facts, caches
from netful.account.managed.caches import CLUSTERS, GROUPS, SERVERLESS, SERVICE, SUBNETS
from netful.account.managed.elasticache_writes import WRITES
from netful.account.managed.view import Kind, View, page
from netful.account.query_api import Parameters, QueryApi
from netful.account.writing import Running, Writer
from netful.model.core.resource import Resource


class ElastiCacheApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        own = Writer(running, partial(View.of, created=CreationTimes()))
        self.operations = {
            **own.looking(LOOKS),
            **own.operations(WRITES),
            **absent.operations(SERVICE, _ABSENT, lambda: running.cloud),
        }
        self.handle = QueryApi(SERVICE, self.operations, validated=True).handle


def _clusters(view: View, asked: Parameters) -> Mapping[str, Any]:
    named = asked.get("CacheClusterId")
    found = [one for one in caches.clusters(view) if named is None or one["CacheClusterId"] == str(named).lower()]
    if named is not None and not found:
        found = [caches.cluster(view, view.found(CLUSTERS, named))]
    if not asked.get("ShowCacheNodeInfo"):
        found = [{**one, "CacheNodes": None} for one in found]
    return page("CacheClusters", asked, found)


def _described(
    member: str, kind: Kind, record: Callable[[View, Resource], dict[str, Any]], view: View, asked: Parameters
) -> Mapping[str, Any]:
    named = asked.get(kind.name)
    every = [view.found(kind, named)] if named else view.of_kind(kind)
    return page(member, asked, [record(view, one) for one in every])


def _tags(view: View, asked: Parameters) -> Mapping[str, Any]:
    return {"TagList": view.tags(caches.tagged(view, str(asked["ResourceName"])))}


LOOKS: Mapping[str, Callable[[View, Parameters], Mapping[str, Any]]] = {
    "DescribeCacheClusters": _clusters,
    "DescribeReplicationGroups": partial(_described, "ReplicationGroups", GROUPS, caches.group),
    "DescribeServerlessCaches": partial(_described, "ServerlessCaches", SERVERLESS, caches.serverless),
    "DescribeCacheSubnetGroups": partial(_described, "CacheSubnetGroups", SUBNETS, caches.subnet_group),
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
