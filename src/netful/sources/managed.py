"""Databases, caches, brokers and services: what AWS runs in a VPC for you, as interfaces with groups.

One interface a subnet that the resource may stand in: a path has to hold for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Maybe, Unknown
from netful.model.vpc import Subnet
from netful.sources.reading import Inventory, Reader


@dataclass(frozen=True)
class _Placement:
    """Where a type says its subnets and groups: paths into its properties.

    `group_of_subnets`: the path holds the name of a resource of one of these types, which has the subnets.
    """

    owner: InterfaceOwner
    subnets: str
    groups: str
    group_of_subnets: str = ""


_DATABASE, _CACHE, _SERVICE = InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.SERVICE
_PLACEMENTS = {
    "AWS::RDS::DBInstance": _Placement(_DATABASE, "DBSubnetGroupName", "VPCSecurityGroups", "AWS::RDS::DBSubnetGroup"),
    "AWS::RDS::DBCluster": _Placement(_DATABASE, "DBSubnetGroupName", "VpcSecurityGroupIds", "AWS::RDS::DBSubnetGroup"),
    "AWS::RDS::DBProxy": _Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::DocDB::DBCluster": _Placement(
        _DATABASE, "DBSubnetGroupName", "VpcSecurityGroupIds", "AWS::DocDB::DBSubnetGroup"
    ),
    "AWS::Neptune::DBCluster": _Placement(
        _DATABASE, "DBSubnetGroupName", "VpcSecurityGroupIds", "AWS::Neptune::DBSubnetGroup"
    ),
    "AWS::Redshift::Cluster": _Placement(
        _DATABASE, "ClusterSubnetGroupName", "VpcSecurityGroupIds", "AWS::Redshift::ClusterSubnetGroup"
    ),
    "AWS::ElastiCache::CacheCluster": _Placement(
        _CACHE, "CacheSubnetGroupName", "VpcSecurityGroupIds", "AWS::ElastiCache::SubnetGroup"
    ),
    "AWS::ElastiCache::ReplicationGroup": _Placement(
        _CACHE, "CacheSubnetGroupName", "SecurityGroupIds", "AWS::ElastiCache::SubnetGroup"
    ),
    "AWS::ElastiCache::ServerlessCache": _Placement(_CACHE, "SubnetIds", "SecurityGroupIds"),
    "AWS::MemoryDB::Cluster": _Placement(_CACHE, "SubnetGroupName", "SecurityGroupIds", "AWS::MemoryDB::SubnetGroup"),
    "AWS::DAX::Cluster": _Placement(_CACHE, "SubnetGroupName", "SecurityGroupIds", "AWS::DAX::SubnetGroup"),
    "AWS::ECS::Service": _Placement(
        _SERVICE,
        "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    ),
    "AWS::EFS::MountTarget": _Placement(_SERVICE, "SubnetId", "SecurityGroups"),
    "AWS::MSK::Cluster": _Placement(
        _SERVICE, "BrokerNodeGroupInfo.ClientSubnets", "BrokerNodeGroupInfo.SecurityGroups"
    ),
    "AWS::MSK::ServerlessCluster": _Placement(_SERVICE, "VpcConfigs.SubnetIds", "VpcConfigs.SecurityGroups"),
    "AWS::AmazonMQ::Broker": _Placement(_SERVICE, "SubnetIds", "SecurityGroups"),
    "AWS::OpenSearchService::Domain": _Placement(_SERVICE, "VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::Elasticsearch::Domain": _Placement(_SERVICE, "VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::CodeBuild::Project": _Placement(_SERVICE, "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"),
    "AWS::ApiGatewayV2::VpcLink": _Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::Route53Resolver::ResolverEndpoint": _Placement(_SERVICE, "IpAddresses.SubnetId", "SecurityGroupIds"),
}


def interfaces(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, NetworkInterface]:
    """The interfaces of every resource of these types."""
    groups_of_subnets = {
        reader.id: reader.known_texts("SubnetIds")
        for placement in _PLACEMENTS.values()
        for reader in inventory.of(placement.group_of_subnets)
    }
    found = {}
    for kind, placement in _PLACEMENTS.items():
        for reader in inventory.of(kind):
            for eni in _of(reader, placement, groups_of_subnets, subnets):
                found[eni.id] = eni
    return found


def _of(
    reader: Reader,
    placement: _Placement,
    groups_of_subnets: Mapping[str, tuple[Maybe[str], ...]],
    subnets: Mapping[str, Subnet],
) -> Iterator[NetworkInterface]:
    places = _at(reader, placement.subnets)
    if placement.group_of_subnets:
        places = tuple(subnet for name in places for subnet in _members(name, groups_of_subnets))
    groups = _at(reader, placement.groups)
    for number, subnet_id in enumerate(dict.fromkeys(places), 1):
        label = subnet_id if isinstance(subnet_id, str) else number
        yield NetworkInterface(
            id=f"eni-{reader.id}-{label}",
            owner=placement.owner,
            owner_id=reader.id,
            subnet_id=subnet_id,
            security_group_ids=groups or _default_group(subnet_id, subnets),
            origin=reader.origin,
        )


def _members(name: Maybe[str], groups_of_subnets: Mapping[str, tuple[Maybe[str], ...]]) -> tuple[Maybe[str], ...]:
    """The subnets of a subnet group; those of one that is not loaded are unknown."""
    if isinstance(name, Unknown):
        return (name,)
    return groups_of_subnets.get(name, (Unknown(f"subnet group `{name}` is not loaded", (name,)),))


def _default_group(subnet_id: Maybe[str], subnets: Mapping[str, Subnet]) -> tuple[Maybe[str], ...]:
    subnet = subnets.get(subnet_id) if isinstance(subnet_id, str) else None
    if subnet is None:
        return ()
    return (subnet.vpc_id if isinstance(subnet.vpc_id, Unknown) else f"{subnet.vpc_id}.default",)


def _at(reader: Reader, path: str) -> tuple[Maybe[str], ...]:
    """The texts at a path; a list on the way counts as all its items."""
    first, _, rest = path.partition(".")
    if not rest:
        return reader.known_texts(first)
    return tuple(text for part in reader.parts(first) for text in _at(part, rest))
