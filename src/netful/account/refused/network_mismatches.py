"""Things that AWS refuses since they name parts of different networks, and routes and addresses whose VPC lacks a gateway.

Theory: a resource, whether a call or a template makes it, names its parts in the properties of `_TOGETHER`. Each part has
the VPCs in which it may be used: a subnet one, a peering two, a gateway without an attachment none. All the parts of one
resource must have a VPC in common. What is not known is never the reason.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from netful.account.refused.group_relations import unrelated_groups
from netful.account.refused.mismatch import Mismatch, attached_vpcs
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, known_in
from netful.model.names.generated.generated_names import physical_name
from netful.model.network.network import Network
from netful.model.network.route_tables import TARGET_PROPERTIES, TargetKind, destination_refusal
from netful.sources.refusals import refusals

_ROUTE, _TABLE, _EGRESS_ONLY = "AWS::EC2::Route", "RouteTableId", "EgressOnlyInternetGatewayId"
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
_INVALID = "InvalidParameterValue"
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "AWS::DAX::SubnetGroup": ("SubnetIds",),
    "AWS::DocDB::DBCluster": ("DBSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::DocDB::DBSubnetGroup": ("SubnetIds",),
    "AWS::EC2::Instance": ("SubnetId", "SecurityGroupIds"),
    "AWS::EC2::NetworkInterface": ("SubnetId", "GroupSet"),
    _ROUTE: (_TABLE, "GatewayId", "NatGatewayId", "NetworkInterfaceId", "VpcEndpointId", _EGRESS_ONLY,
             "VpcPeeringConnectionId", "TransitGatewayId"),
    "AWS::EC2::SubnetNetworkAclAssociation": ("NetworkAclId", "SubnetId"),
    "AWS::EC2::SubnetRouteTableAssociation": (_TABLE, "SubnetId"),
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


def mismatches(before: Cloud, after: Cloud, ids: Iterable[str]) -> Iterator[Mismatch]:
    """Yield the resources with some ids that AWS refuses, of those that are new or changed.

    A source may have what AWS refuses, and AWS validates only what a call sets: what the cloud before has too is accepted.
    """
    resources, there = after.template.resources, before.template.resources
    changed = [id_ for id_ in ids if id_ in resources and _differs(resources[id_], there.get(id_))]
    found = Counter(_found(after, changed))
    yield from (found - Counter(_found(before, changed)) if found else found).elements()
    if any(resources[id_].type.startswith("AWS::EC2::SecurityGroup") for id_ in changed):
        yield from unrelated_groups(before, after)


def _found(cloud: Cloud, ids: Collection[str]) -> Iterator[Mismatch]:
    """Yield those of some resources that AWS refuses."""
    for resource in filter(None, map(cloud.template.resources.get, ids)):
        yield from _of(cloud, resource)
    for one in refusals(cloud) if ids else ():
        if one.resource_id in ids:
            yield Mismatch(one.resource_id, one.code, one.error or f"`{one.resource_id}`: {one.reason}", one.reason)


def _differs(resource: Resource, before: Resource | None) -> bool:
    return before is None or before.properties != resource.properties


def _of(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    if resource.type == _ROUTE:
        yield from _route(cloud, resource)
    if resource.type in _TOGETHER:
        yield from _apart(cloud, resource)


def _apart(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    """Yield a resource whose parts have no VPC in common."""
    first, shared = "", set[str]()
    parts = [(each, name) for each in _TOGETHER[resource.type] for name in _named(cloud, resource, (each,))]
    for property_, name in parts:
        noun, vpcs = _group_place(cloud, property_, name) if property_ in _GROUPS else _place(cloud, name)
        if vpcs is None:
            continue
        worded = f"{noun} {cloud.aws_id(name)}"
        if not first:
            first, shared = worded, vpcs
        elif shared.isdisjoint(vpcs):
            code = _CODES.get(resource.type, "InvalidSubnet" if "SubnetGroup" in resource.type else _INVALID)
            yield Mismatch(resource.id, code, f"{first} and {worded} belong to different networks")
            return
        else:
            shared = shared & vpcs


def _named(cloud: Cloud, resource: Resource, properties: Iterable[str]) -> Iterator[str]:
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
    places = [_place(cloud, one)[1] for one in _named(cloud, group, ("SubnetIds",))] if group is not None else []
    return "subnet group", set[str]().union(*(one for one in places if one is not None)) or None


def _group_name(group: Resource) -> str:
    return str(physical_name(group) or group.ref).lower()


def _route(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    """Yield a route that EC2 refuses for its destination, or for a transit gateway that its VPC is not attached to."""
    network = cloud.network
    table = next((network.route_tables.get(one) for one in _named(cloud, resource, (_TABLE,))), None)
    if table is None or isinstance(table.vpc_id, Unknown):
        return
    own = resource.properties
    if own.get(_EGRESS_ONLY) and own.get(_DESTINATIONS[0]):
        yield Mismatch(resource.id, _INVALID, "an egress-only internet gateway is for IPv6 destinations")
    for name in _named(cloud, resource, ("TransitGatewayId",)):
        if name in network.transit_gateways and table.vpc_id not in attached_vpcs(network, name):
            text = f"The transitGateway ID '{cloud.aws_id(name)}' does not exist."
            yield Mismatch(resource.id, "InvalidTransitGatewayID.NotFound", text)
    block = next(
        (ip_network(own[name], strict=False) for name in _DESTINATIONS if isinstance(own.get(name), str)), None
    )
    kind = next((kind for name, kind in TARGET_PROPERTIES.items() if own.get(name)), TargetKind.OTHER)
    vpc, subnets = network.vpcs.get(table.vpc_id), network.subnets_of(table.vpc_id)
    if text := destination_refusal(block, kind, vpc, subnets):
        yield Mismatch(resource.id, _INVALID, text)
