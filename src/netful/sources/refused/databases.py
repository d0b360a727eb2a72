"""Databases and caches that AWS refuses: subnet groups in one zone, and passwords without TLS."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import is_set, texts
from netful.sources.refused.zones import in_one_zone

_SUBNET_GROUPS = {"AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup"}


def subnet_groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield groups of subnets in one zone."""
    for group in cloud.template.resources.values():
        ids = group.properties.get("SubnetIds") if group.type in _SUBNET_GROUPS else None
        named = [cloud.named(one) for one in texts(ids)]
        if isinstance(ids, list) and len(named) == len(ids) and in_one_zone(cloud, named):
            yield group.id, f"the subnets of `{group.id}` are in one zone"


def tokens(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield caches with a token and without TLS. The default is stated for Redis alone."""
    for cache in cloud.template.of_type("AWS::ElastiCache::ReplicationGroup"):
        if not is_set(cache.properties.get("AuthToken")):
            continue
        default = False if cache.properties.get("Engine") == "redis" else None
        encrypted = cache.properties.get("TransitEncryptionEnabled", default)
        if str(encrypted).lower() == "false":
            yield cache.id, "it has a token, and connections to it have no TLS"
