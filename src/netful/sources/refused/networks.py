"""Resources whose parts are of different VPCs, such as a route table and a subnet.

Theory: a resource names its parts in the properties of `_TOGETHER`. Each part has the VPCs in which it may be used: a subnet one,
a peering two, a gateway without an attachment none. All the parts of one resource must have a VPC in common. What is not known is
never the reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, known_in
from netful.model.names.generated.generated_names import physical_name
from netful.model.network.network import Network

_ROUTE, _EGRESS_ONLY = "AWS::EC2::Route", "EgressOnlyInternetGatewayId"
_INVALID = "InvalidParameterValue"
_OF_GROUPS = "security group"
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "AWS::DAX::SubnetGroup": ("SubnetIds",),
    "AWS::DocDB::DBCluster": ("DBSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::DocDB::DBSubnetGroup": ("SubnetIds",),
    "AWS::EC2::Instance": ("SubnetId", "SecurityGroupIds"),
    "AWS::EC2::NetworkInterface": ("SubnetId", "GroupSet"),
    _ROUTE: ("RouteTableId", "GatewayId", "NatGatewayId", "NetworkInterfaceId", "VpcEndpointId", _EGRESS_ONLY,
             "VpcPeeringConnectionId", "TransitGatewayId"),
    "AWS::EC2::SubnetNetworkAclAssociation": ("NetworkAclId", "SubnetId"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "SubnetId"),
    "AWS::EC2::TransitGatewayAttachment": ("VpcId", "SubnetIds"),
    "AWS::EC2::TransitGatewayVpcAttachment": ("VpcId", "SubnetIds"),
    "AWS::EC2::VPCEndpoint": ("VpcId", "SubnetIds", "SecurityGroupIds", "RouteTableIds"),
    "AWS::EFS::MountTarget": ("SubnetId", "SecurityGroups"),
    "AWS::ElastiCache::CacheCluster": ("CacheSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::ElastiCache::ReplicationGroup": ("CacheSubnetGroupName", "SecurityGroupIds"),
    "AWS::ElastiCache::SubnetGroup": ("SubnetIds",),
    "AWS::MemoryDB::Cluster": ("SubnetGroupName", "SecurityGroupIds"),
    "AWS::MemoryDB::SubnetGroup": ("SubnetIds",),
    "AWS::Neptune::DBCluster": ("DBSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::Neptune::DBSubnetGroup": ("SubnetIds",),
    "AWS::RDS::DBCluster": ("DBSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::RDS::DBInstance": ("DBSubnetGroupName", "VPCSecurityGroups"),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
    "AWS::Redshift::Cluster": ("ClusterSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::Redshift::ClusterSubnetGroup": ("SubnetIds",),
}  # fmt: skip
"""The properties, by type, whose values must be of one VPC."""

_LEFT_OUT = {"AWS::EC2::SubnetRouteTableAssociation"}
"""Types whose readers leave out what AWS refuses, with a warning."""

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "CacheSubnetGroupName": ("AWS::ElastiCache::SubnetGroup",),
    "ClusterSubnetGroupName": ("AWS::Redshift::ClusterSubnetGroup",),
    "DBSubnetGroupName": ("AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup"),
    "SubnetGroupName": ("AWS::MemoryDB::SubnetGroup",),
}
"""The properties that name a group of subnets, and the types of such groups."""

_NOUNS = {
    "subnets": "subnet", "route_tables": "route table", "network_acls": "network ACL", "security_groups": "security group",
    "nat_gateways": "NAT gateway", "vpc_endpoints": "VPC endpoint", "internet_gateways": "network gateway",
    "egress_only_internet_gateways": "network gateway", "vpn_gateways": "network gateway", "vpcs": "network",
    "network_interfaces": "interface", "vpc_peering_connections": "VPC peering connection",
}  # fmt: skip
"""The parts of a network in which a name is looked up, and the word for one."""

_CODES = {
    "AWS::EC2::Instance": "InvalidParameter", "AWS::EC2::NetworkInterface": "InvalidParameter",
    "AWS::EC2::VPCEndpoint": "InvalidParameter", "AWS::RDS::DBInstance": "InvalidParameterCombination",
    "AWS::RDS::DBCluster": "InvalidParameterCombination", "AWS::MemoryDB::SubnetGroup": "InvalidSubnet",
}  # fmt: skip
"""Codes of the errors for a type, where they are not those of subnet groups and of EC2."""


class Apart(NamedTuple):
    """Two parts of a resource that have no VPC in common, each in EC2's words and by its name, and the code of the error."""

    code: str
    words: tuple[str, str]
    names: tuple[str, str]


def of_vpcs(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield the resources whose parts are of different VPCs, but for groups (NF720) and gateways that are attached to none."""
    for resource in cloud.template.of_type(*_TOGETHER.keys() - _LEFT_OUT):
        if resource.properties.get("RouteTableIds"):
            continue  # the same for each of its tables
        for one in apart(cloud, resource, lenient=True):
            yield resource.id, "`{}` and `{}` belong to different VPCs".format(*one.names)


def apart(cloud: Cloud, resource: Resource, *, lenient: bool = False) -> Iterator[Apart]:
    """Yield the first two parts of a resource that have no VPC in common; `lenient`: but for groups and parts without any VPC."""
    first, shared = ("", ""), set[str]()
    properties = _TOGETHER.get(resource.type, ())
    parts = [(each, name) for each in properties for name in named(cloud, resource, (each,))]
    for property_, name in parts:
        noun, vpcs = _group_place(cloud, property_, name) if property_ in _GROUPS else _place(cloud, name)
        if vpcs is None or (lenient and (noun == _OF_GROUPS or not vpcs)):
            continue
        worded = f"{noun} {cloud.aws_id(name)}"
        if not any(first):
            first, shared = (worded, name), vpcs
        elif shared.isdisjoint(vpcs):
            code = _CODES.get(resource.type, "InvalidSubnet" if "SubnetGroup" in resource.type else _INVALID)
            yield Apart(code, (first[0], worded), (first[1], name))
            return
        else:
            shared = shared & vpcs


def named(cloud: Cloud, resource: Resource, properties: Iterable[str]) -> Iterator[str]:
    """Yield the names in some properties."""
    for property_ in properties:
        value = resource.properties.get(property_)
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str):
                yield cloud.names_by_id.get(one, one)


def _place(cloud: Cloud, name: str) -> tuple[str, set[str] | None]:
    """Return the word for a part of the network, and the VPCs in which it may be used; None if they are not known."""
    network = cloud.network
    for part, noun in _NOUNS.items():
        thing = getattr(network, part).get(name)
        if thing is not None:
            return noun, _vpcs(network, thing)
    return "", None


def _vpcs(network: Network, thing: Any) -> set[str] | None:
    """Return the VPCs of a thing of a network: those it names, else that of its subnet."""
    named = [getattr(thing, field, None) for field in ("vpc_id", "peer_vpc_id")]
    named += getattr(thing, "associated_vpc_ids", ())
    subnet_id = getattr(thing, "subnet_id", None)
    subnet = known_in(network.subnets, subnet_id)
    named += [subnet.vpc_id] if subnet is not None else []
    if (subnet_id is not None and subnet is None) or any(isinstance(one, Unknown) for one in named):
        return None
    return {str(one) for one in named if one is not None} | ({thing.id} & network.vpcs.keys())


def _group_place(cloud: Cloud, property_: str, name: str) -> tuple[str, set[str] | None]:
    """Return the word for a group of subnets that a property names, and the VPCs of its subnets."""
    groups = cloud.template.of_type(*_GROUPS[property_])
    group = next((one for one in groups if name == one.id or name.lower() == _group_name(one)), None)
    places = [_place(cloud, one)[1] for one in named(cloud, group, ("SubnetIds",))] if group is not None else []
    return "subnet group", set[str]().union(*(one for one in places if one is not None)) or None


def _group_name(group: Resource) -> str:
    return str(physical_name(group) or group.ref).lower()
