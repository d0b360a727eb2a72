"""Writes of VPC endpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.changes import Remove, updated
from netful.account.ec2.world import Change, World, addition
from netful.account.wire.errors import ApiError
from netful.model.names import service_names
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

# A list of an endpoint: the property, the kind of its items, and the parameters of a modification.
_LISTS = (
    ("SubnetIds", "SubnetId", "AddSubnetIds", "RemoveSubnetIds"),
    ("SecurityGroupIds", "GroupId", "AddSecurityGroupIds", "RemoveSecurityGroupIds"),
    ("RouteTableIds", "RouteTableId", "AddRouteTableIds", "RemoveRouteTableIds"),
)

_INBOUND_ONLY = frozenset({"True", "true", "OnlyInboundResolver"})


def create_vpc_endpoint(world: World, asked: Mapping[str, Any]) -> Change:
    """CreateVpcEndpoint: available before the call is answered. Private DNS is on unless the request says otherwise."""
    kind = asked.get("VpcEndpointType", "Gateway")
    properties: dict[str, Any] = {
        "VpcId": world.existing(asked, "VpcId"), "ServiceName": asked.get("ServiceName"), "VpcEndpointType": kind,
        "PolicyDocument": _policy(asked),
    }  # fmt: skip
    for property_, id_kind, _, _ in _LISTS:
        if asked.get(property_):
            properties[property_] = _names(world, id_kind, asked[property_])
    if kind == "Interface":
        properties["PrivateDnsEnabled"] = asked.get("PrivateDnsEnabled", True)
        properties["DnsOptions"] = asked.get("DnsOptions")
    _check(world, properties)
    return addition("VpcEndpointId", "vpce", "AWS::EC2::VPCEndpoint", asked, properties)


def _names(world: World, id_kind: str, aws_ids: Sequence[str]) -> list[str]:
    return [world.named(id_kind, one) for one in aws_ids]


def _policy(asked: Mapping[str, Any]) -> Any:
    if not asked.get("PolicyDocument"):
        return None
    try:
        return json.loads(asked["PolicyDocument"])
    except ValueError:
        raise ApiError("InvalidPolicyDocument", "This policy contains invalid Json") from None


def modify_vpc_endpoint(world: World, asked: Mapping[str, Any]) -> Change:
    """ModifyVpcEndpoint: subnets, groups and tables come and go; policy and private DNS change."""
    name = world.existing(asked, "VpcEndpointId")
    resource = world.resource(name)
    if resource is None:
        raise ApiError(
            "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{asked['VpcEndpointId']}' does not exist"
        )
    changed: dict[str, Any] = {}
    for property_, id_kind, add, remove in _LISTS:
        if asked.get(add) or asked.get(remove):
            gone = _names(world, id_kind, asked.get(remove) or ())
            kept = [one for one in map(world.name, resource.properties.get(property_) or ()) if one not in gone]
            changed[property_] = [*kept, *(n for n in _names(world, id_kind, asked.get(add) or ()) if n not in kept)]
    if asked.get("ResetPolicy"):
        changed["PolicyDocument"] = None
    elif asked.get("PolicyDocument"):
        changed["PolicyDocument"] = _policy(asked)
    if "PrivateDnsEnabled" in asked:
        changed["PrivateDnsEnabled"] = asked["PrivateDnsEnabled"]
    if "DnsOptions" in asked:
        changed["DnsOptions"] = {**(resource.properties.get("DnsOptions") or {}), **asked["DnsOptions"]}
    _check(world, {**world.properties(resource), **changed}, name)
    return Change((updated(resource, **changed),))


def _check(world: World, properties: Mapping[str, Any], name: str = "") -> None:
    """Raise ApiError if AWS refuses an endpoint; `name` is that of an endpoint that changes."""
    _check_zones(world, properties)
    others = [one for one in world.cloud.network.endpoints_of(properties["VpcId"]) if one.id != name]
    others = [one for one in others if one.service_name == properties["ServiceName"]]
    if properties.get("PrivateDnsEnabled"):
        _check_private_dns(world, properties, others)
    for table in properties.get("RouteTableIds") or ():
        if any(world.name(table) in one.route_table_ids for one in others):
            text = f"route table {world.view.id(table)} already has a route to {properties['ServiceName']}"
            raise ApiError("RouteAlreadyExists", text)


def _check_zones(world: World, properties: Mapping[str, Any]) -> None:
    zones = set()
    for subnet in properties.get("SubnetIds") or ():
        zone = world.cloud.network.subnets[world.name(subnet)].availability_zone
        if zone in zones:
            text = f"Found another VPC endpoint subnet in the availability zone of {world.view.id(subnet)}."
            raise ApiError("DuplicateSubnetsInSameZone", text)
        zones.add(zone)


def _check_private_dns(world: World, properties: Mapping[str, Any], others: Sequence[VpcEndpoint]) -> None:
    vpc = world.cloud.network.vpcs[properties["VpcId"]]
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        text = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{world.view.id(vpc.id)}"
        )
        raise ApiError("InvalidParameter", text)
    service = str(properties["ServiceName"])
    if any(one.private_dns_enabled for one in others):
        name = service_names.service(service.split(".", 3)[-1]).private_names(vpc.region)[0]
        text = (
            f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {name} in the VPC "
            f"{world.view.id(vpc.id)}"
        )
        raise ApiError("InvalidParameter", text)
    inbound = (properties.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint")
    if str(inbound) in _INBOUND_ONLY and not any(one.type is EndpointType.GATEWAY for one in others):
        text = (
            f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {world.view.id(vpc.id)} must have a "
            "Gateway endpoint for the service."
        )
        raise ApiError("InvalidParameter", text)


def delete_vpc_endpoints(world: World, asked: Mapping[str, Any]) -> Change:
    """DeleteVpcEndpoints: ids that are not there are listed as unsuccessful."""
    ids = asked.get("VpcEndpointIds") or []
    there = {str(world.view.id(name)) for name in world.cloud.network.vpc_endpoints}
    failed = [
        {"ResourceId": one, "Error": {"Code": "InvalidVpcEndpoint.NotFound",
                                      "Message": f"The Vpc Endpoint Id '{one}' does not exist"}}
        for one in ids if one not in there
    ]  # fmt: skip
    return Change(tuple(Remove(world.name(one)) for one in ids if one in there), lambda _view: {"Unsuccessful": failed})


WRITES = {
    "CreateVpcEndpoint": create_vpc_endpoint,
    "ModifyVpcEndpoint": modify_vpc_endpoint,
    "DeleteVpcEndpoints": delete_vpc_endpoints,
}
