"""Relations with an end that is not known: a route of some table, an association of some subnet. A rule of some group is a part of the model.

| the end that is not known | influence |
|---|---|
| the resource that the relation is part of, such as the subnet of an association | an assumption on every resource that it may be |
| the same, if it is one of the stack (`Unknown.of_stack`) | that of `_OF_STACK` there |
| the table of a route, if a custom resource gives it that refers to a VPC | it decides about ways out by the main table of this VPC |
| what the relation gives to a known resource, such as the table of a subnet | it decides there |
| the same, if it is a rule of Route 53 Resolver | a path there that is blocked is unknown: the rule may give another address |

A relation of which a resource has only one cannot be part of a resource that has a known one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import Frozen, Resource, Unknown, words_of
from netful.model.unread import Unread, Weight, beyond
from netful.sources.template.attributes import CUSTOM

_SUBNET, _VPC, _TABLE = "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::RouteTable"
_TRANSIT_TABLES = ("AWS::EC2::TransitGatewayRouteTable", "AWS::EC2::TransitGateway")

_CROSS_ZONE = "load_balancing.cross_zone.enabled"
_PROTECTED = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ApiGateway::Stage")


class _End(Frozen):
    """A property with an end of a relation: the types of the resources that it is part of, or the property that it is given to.

    The property is written with dots within others; a list on the way means all its items.

    `once`: a resource has only one such relation. `elsewhere`: the model has those with an unknown resource of the stack. `id_of` is the beginning of ids of what is given: one that was not loaded is unknown.
    `keys` are those of a list of keys and values that decide; the others do not.
    `weight` is the influence of what is given; one that only opens is an assumption of reachable paths.
    """

    property: str
    part_of: tuple[str, ...] = ()
    given_to: str = ""
    once: bool = False
    elsewhere: bool = False
    id_of: str = ""
    keys: tuple[str, ...] = ()
    weight: Weight = Weight.DECIDES


def _of_rest_api(*properties: str) -> tuple[_End, ...]:
    """Return the ends of a part of a REST API: the API, and properties that may open a way in it."""
    opening = (_End(name, given_to="RestApiId", weight=Weight.OPENS) for name in properties)
    return _End("RestApiId", ("AWS::ApiGateway::RestApi",)), *opening


def _of_api(*properties: str) -> tuple[_End, ...]:
    """Return the ends of a part of an HTTP or WebSocket API."""
    opening = (_End(name, given_to="ApiId", weight=Weight.OPENS) for name in properties)
    return _End("ApiId", ("AWS::ApiGatewayV2::Api",)), *opening


_DOMAINS = ("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGatewayV2::DomainName")
_ENDS: Mapping[str, tuple[_End, ...]] = {
    **{f"AWS::ApiGateway::{name}": _of_rest_api() for name in ("Authorizer", "Deployment", "GatewayResponse")},
    **{f"AWS::ApiGatewayV2::{name}": _of_api() for name in ("Authorizer", "Integration")},
    "AWS::ApiGateway::BasePathMapping": (_End("DomainName", _DOMAINS),),
    "AWS::ApiGateway::BasePathMappingV2": (_End("DomainNameArn", _DOMAINS),),
    "AWS::ApiGateway::RestApi": (_End("DisableExecuteApiEndpoint", given_to="id", weight=Weight.BLOCKS),),
    "AWS::ApiGatewayV2::Api": (
        _End("DisableExecuteApiEndpoint", given_to="id", weight=Weight.BLOCKS),
        _End("ProtocolType", given_to="id"),
    ),
    "AWS::ApiGateway::Method": _of_rest_api("HttpMethod", "ResourceId"),
    "AWS::ApiGateway::Resource": _of_rest_api("ParentId", "PathPart"),
    "AWS::ApiGateway::Stage": _of_rest_api("StageName"),
    "AWS::ApiGateway::UsagePlanKey": (_End("UsagePlanId", ("AWS::ApiGateway::UsagePlan",)),),
    "AWS::ApiGatewayV2::ApiMapping": (_End("DomainName", _DOMAINS),),
    "AWS::ApiGatewayV2::Route": _of_api("RouteKey", "Target"),
    "AWS::ApiGatewayV2::Stage": _of_api("StageName"),
    "AWS::EC2::Instance": (
        _End("NetworkInterfaces.AssociatePublicIpAddress", given_to="id", weight=Weight.OPENS),
        _End("Ipv6AddressCount", given_to="id", weight=Weight.OPENS),
        _End("PrivateIpAddress", given_to="id", weight=Weight.ASSUMED),
    ),
    "AWS::EC2::NetworkInterface": (
        _End("Ipv6AddressCount", given_to="id", weight=Weight.OPENS),
        _End("PrivateIpAddress", given_to="id", weight=Weight.ASSUMED),
    ),
    "AWS::ECS::Service": (
        _End("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", given_to="id", weight=Weight.OPENS),
    ),
    "AWS::EC2::EIPAssociation": (
        _End("InstanceId", ("AWS::EC2::Instance",)),
        _End("NetworkInterfaceId", ("AWS::EC2::NetworkInterface",)),
    ),
    "AWS::EC2::GatewayRouteTableAssociation": (
        _End("GatewayId", ("AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway"), once=True),
        _End("RouteTableId", given_to="GatewayId", id_of="rtb-"),
    ),
    "AWS::EC2::NatGateway": (_End("ConnectivityType", given_to="id"),),
    "AWS::EC2::NetworkAclEntry": (_End("NetworkAclId", ("AWS::EC2::NetworkAcl",)),),
    "AWS::EC2::Route": (_End("RouteTableId", (_TABLE,)),),
    "AWS::EC2::Subnet": (_End("MapPublicIpOnLaunch", (_SUBNET,)),),
    "AWS::EC2::SubnetNetworkAclAssociation": (
        _End("SubnetId", (_SUBNET,), once=True),
        _End("NetworkAclId", given_to="SubnetId", id_of="acl-"),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": (_End("SubnetId", (_SUBNET,), once=True),),
    **{
        f"AWS::EC2::TransitGateway{name}Attachment": (
            _End("TransitGatewayId", ("AWS::EC2::TransitGateway",)),
            _End("VpcId", ("AWS::EC2::TransitGateway", _VPC)),
        )
        for name in ("", "Vpc")
    },
    "AWS::EC2::TransitGatewayRoute": (_End("TransitGatewayRouteTableId", _TRANSIT_TABLES),),
    "AWS::EC2::TransitGatewayRouteTableAssociation": (
        _End("TransitGatewayAttachmentId", _TRANSIT_TABLES),
        _End("TransitGatewayRouteTableId", given_to="TransitGatewayAttachmentId", id_of="tgw-rtb-"),
    ),
    "AWS::EC2::TransitGatewayRouteTablePropagation": (
        _End("TransitGatewayAttachmentId", _TRANSIT_TABLES),
        _End("TransitGatewayRouteTableId", _TRANSIT_TABLES),
    ),
    "AWS::EC2::TransitGateway": (
        _End("DefaultRouteTableAssociation", given_to="id"),
        _End("DefaultRouteTablePropagation", given_to="id"),
    ),
    "AWS::EC2::VPCDHCPOptionsAssociation": (
        _End("VpcId", (_VPC,), once=True),
        _End("DhcpOptionsId", given_to="VpcId", id_of="dopt-"),
    ),
    "AWS::EC2::VPCEndpoint": (
        _End("IpAddressType", given_to="id"),
        _End("PrivateDnsEnabled", (_VPC,), given_to="VpcId", weight=Weight.OPENS),
        _End("RouteTableIds", (_TABLE,), elsewhere=True),
        _End("ServiceName", (_VPC,), given_to="VpcId", weight=Weight.OPENS),
        _End("VpcId", (_VPC,)),
    ),
    "AWS::EC2::VPCGatewayAttachment": (
        _End("VpcId", (_VPC,)),
        _End("InternetGatewayId", ("AWS::EC2::InternetGateway",)),
        _End("VpnGatewayId", ("AWS::EC2::VPNGateway",)),
    ),
    "AWS::EC2::VPNGatewayRoutePropagation": (_End("RouteTableIds", (_TABLE,)),),
    "AWS::EKS::Cluster": (
        _End("ResourcesVpcConfig.EndpointPublicAccess", given_to="id"),
        _End("ResourcesVpcConfig.EndpointPrivateAccess", given_to="id"),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (
        _End("LoadBalancerArn", ("AWS::ElasticLoadBalancingV2::LoadBalancer",)),
        _End("Protocol", given_to="LoadBalancerArn"),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        _End("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", given_to="id", weight=Weight.ASSUMED),
        _End("IpAddressType", given_to="id", weight=Weight.OPENS),
        _End("LoadBalancerAttributes", given_to="id", keys=(_CROSS_ZONE,)),
        _End("Scheme", given_to="id"),
        _End("Type", given_to="id"),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        _End("IpAddressType", given_to="id"),
        _End("TargetGroupAttributes", given_to="id", keys=("preserve_client_ip.enabled", _CROSS_ZONE)),
        _End("TargetType", given_to="id"),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        _End("ListenerArn", ("AWS::ElasticLoadBalancingV2::Listener",)),
        _End("Priority", given_to="ListenerArn", weight=Weight.ASSUMED),
    ),
    "AWS::Lambda::Permission": (_End("FunctionName", ("AWS::Lambda::Function",)),),
    "AWS::Route53::HostedZone": (_End("VPCs", (_VPC,)),),
    "AWS::Route53::RecordSet": (_End("HostedZoneId", ("AWS::Route53::HostedZone",)),),
    "AWS::Route53Resolver::ResolverRuleAssociation": (
        _End("VPCId", (_VPC,)),
        _End("ResolverRuleId", given_to="VPCId", id_of="rslvr-rr-", weight=Weight.OPENS),
    ),
    "AWS::WAFv2::WebACLAssociation": (_End("ResourceArn", _PROTECTED), _End("WebACLArn", given_to="ResourceArn")),
}

_BEYOND = ("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPCGatewayAttachment")
"""Relations without influence on paths within a VPC."""

_OF_STACK = {
    **dict.fromkeys(_BEYOND, Weight.DECIDES),
    "AWS::EC2::SubnetNetworkAclAssociation": Weight.DECIDES,
    "AWS::EC2::NetworkAclEntry": Weight.DECIDES,
    "AWS::EC2::TransitGatewayRoute": Weight.DECIDES,
    "AWS::EC2::TransitGatewayRouteTableAssociation": Weight.DECIDES,
    "AWS::EC2::TransitGatewayRouteTablePropagation": Weight.DECIDES,
    "AWS::WAFv2::WebACLAssociation": Weight.BLOCKS,
}
"""Influence of relations that are part of an unknown resource of the stack; the others are assumptions."""


def unknown_ends(
    some: Iterable[Resource], resources: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterator[Unread]:
    """Yield what is not known of the relations among some resources.

    `names` are the names in the cloud by AWS's ids, those of described accounts among them.
    """
    for resource in some:
        for end in _ENDS.get(resource.type, ()):
            value = _at(resource.properties, *end.property.split("."))
            if end.keys and isinstance(value, list):
                value = [one for one in value if not isinstance(one, Mapping) or one.get("Key") in end.keys]
            unknown = next(_unknowns(value), None) or _elsewhere(end, value, resources, names)
            if unknown is not None and not (end.elsewhere and unknown.of_stack):
                decides, touched = _touched(resource, end, resources, names)
                if looked_up := tuple(_looked_up(resource, unknown, resources, names)):
                    decides, touched = True, looked_up
                own = _OF_STACK.get(resource.type, Weight.ASSUMED) if unknown.of_stack else Weight.ASSUMED
                if own is Weight.DECIDES and resource.type in _BEYOND and not decides:
                    touched = tuple(_beyond(touched, resource, resources, names))
                weight = end.weight if decides else own
                nearby = touched if decides and weight is Weight.OPENS and end.given_to != "id" else ()
                needs = unknown.needs or (f"`{end.property}` of {resource.id}",)
                origin = resource.property_origins.get(end.property, resource.origin)
                yield Unread(resource.id, end.property, weight, touched, nearby, origin=origin, needs=needs)


def _touched(
    resource: Resource, end: _End, resources: Mapping[str, Resource], names: Mapping[str, str]
) -> tuple[bool, tuple[str, ...]]:
    """Return whether an unknown end decides, and the names and types of what it concerns."""
    given_to = resource.id if end.given_to == "id" else resource.properties.get(end.given_to)
    if isinstance(given_to, str):
        return True, (resource.id, names.get(given_to, given_to))
    if end.once:
        alike = (one.properties.get(end.property) for one in resources.values() if one.type == resource.type)
        taken = {names.get(value, value) for value in alike if isinstance(value, str)}
        return False, tuple(one.id for one in resources.values() if one.type in end.part_of and one.id not in taken)
    return False, (resource.id,) if resource.type in end.part_of else end.part_of


def _looked_up(
    route: Resource, unknown: Unknown, resources: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield the main tables that a route may be in: a custom resource finds that of its VPC, which no reference names."""
    named = (resources.get(need.partition(".")[0]) for need in unknown.needs if route.type == "AWS::EC2::Route")
    for found in (one for one in named if one is not None and one.type.startswith(CUSTOM)):
        words = (names.get(text, text) for text in words_of(found.properties))
        every = (resources.get(name) for name in dict.fromkeys((*found.references, *words)))
        yield from (beyond(f"{one.id}.main") for one in every if one is not None and one.type == _VPC)


def _elsewhere(end: _End, value: Any, resources: Mapping[str, Resource], names: Mapping[str, str]) -> Unknown | None:
    """Return as unknown what a relation gives, if it is written by an id and was not loaded."""
    name = names.get(value, value) if isinstance(value, str) else ""
    if not end.id_of or not name.startswith(end.id_of) or name in resources or value in names:
        return None
    return Unknown(f"`{name}` was not loaded", (name,))


def _beyond(
    touched: Iterable[str], resource: Resource, resources: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield the tables that lead out of a VPC by such a relation: an association replaces the main tables of its subnets."""
    if resource.type == "AWS::EC2::SubnetRouteTableAssociation":
        vpcs = dict.fromkeys(resources[one].properties.get("VpcId") for one in touched)
    else:
        vpcs = dict.fromkeys(one.id for one in resources.values() if one.type == _VPC)
        yield from (beyond(one.id) for one in resources.values() if one.type == _TABLE)
    yield from (beyond(f"{names.get(vpc, vpc)}.main") for vpc in vpcs if isinstance(vpc, str))


def _at(value: Any, *way: str) -> Any:
    """Return the value at a way of names; of several, those that are not known."""
    for place, name in enumerate(way):
        if isinstance(value, list):
            return [one for each in value for one in _unknowns(_at(each, *way[place:]))]
        value = value.get(name) if isinstance(value, Mapping) else value if isinstance(value, Unknown) else None
    return value


def _unknowns(value: Any) -> Iterator[Unknown]:
    """Yield the unknown values of a property: the value itself, one of a list, a member of one of a list."""
    listed = value if isinstance(value, list) else [value]
    members = (one.values() if isinstance(one, Mapping) else (one,) for one in listed)
    return (one for each in members for one in each if isinstance(one, Unknown))
