"""Databases, caches, clusters and directories that AWS refuses: subnets in one zone, and passwords without TLS."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import at, is_set, texts
from netful.sources.refused.zones import in_one_zone

_OF_TWO_ZONES = {
    "AWS::DMS::ReplicationSubnetGroup": "SubnetIds",
    "AWS::DirectoryService::MicrosoftAD": "VpcSettings.SubnetIds",
    "AWS::DirectoryService::SimpleAD": "VpcSettings.SubnetIds",
    "AWS::DocDB::DBSubnetGroup": "SubnetIds",
    "AWS::EKS::Cluster": "ResourcesVpcConfig.SubnetIds",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo.ClientSubnets",
    "AWS::MWAA::Environment": "NetworkConfiguration.SubnetIds",
    "AWS::Neptune::DBSubnetGroup": "SubnetIds",
    "AWS::RDS::DBProxy": "VpcSubnetIds",
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
}
"""The property with the subnets of what needs two zones, by type."""


def subnet_groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield what needs subnets in two zones and has them in one."""
    for group in cloud.template.of_type(*_OF_TWO_ZONES):
        ids = at(group.properties, _OF_TWO_ZONES[group.type])
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
