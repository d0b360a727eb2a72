"""Writes of VPC endpoints and endpoint services."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.changes import Edit, Remove, new, removal, updated
from netful.account.ec2.describe.further import PERMISSIONS
from netful.account.ec2.world import Change, World, addition, created
from netful.account.operations.query_api import Parameters
from netful.account.refused.endpoint_services import NO_SERVICE, is_missing
from netful.account.wire.errors import ApiError
from netful.account.wire.json_texts import decoded
from netful.model.names import service_names
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

# A list of an endpoint: the property, the kind of its items, and the parameters of a modification.
_LISTS = (
    ("SubnetIds", "SubnetId", "AddSubnetIds", "RemoveSubnetIds"),
    ("SecurityGroupIds", "GroupId", "AddSecurityGroupIds", "RemoveSecurityGroupIds"),
    ("RouteTableIds", "RouteTableId", "AddRouteTableIds", "RemoveRouteTableIds"),
)

_INBOUND_ONLY = frozenset({"True", "true", "OnlyInboundResolver"})


def create_vpc_endpoint(world: World, asked: Parameters) -> Change:
    """CreateVpcEndpoint: available before the call is answered. Private DNS is on unless the request says otherwise."""
    kind = asked.get("VpcEndpointType", "Gateway")
    _check_service(world, asked)
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
        properties["SubnetConfigurations"] = [
            {**one, "SubnetId": world.named("SubnetId", one["SubnetId"])}
            for one in asked.get("SubnetConfigurations") or ()
            if one.get("SubnetId")
        ]
    _check(world, properties)
    return addition("VpcEndpointId", "vpce", "AWS::EC2::VPCEndpoint", asked, properties)


def _check_service(world: World, asked: Parameters) -> None:
    """Raise ApiError for the name of a service that cannot be."""
    name = asked.get("ServiceName")
    if name and is_missing(name, asked.get("ServiceRegion") or world.cloud.region):
        raise ApiError("InvalidServiceName", NO_SERVICE.format(name))


def _names(world: World, id_kind: str, aws_ids: Sequence[str]) -> list[str]:
    return [world.named(id_kind, one) for one in aws_ids]


def _policy(asked: Parameters) -> Any:
    if not asked.get("PolicyDocument"):
        return None
    refusal = ApiError("InvalidPolicyDocument", "This policy contains invalid Json")
    return decoded(asked["PolicyDocument"], refusal)


def modify_vpc_endpoint(world: World, asked: Parameters) -> Change:
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
            text = f"route table {world.id(table)} already has a route to {properties['ServiceName']}"
            raise ApiError("RouteAlreadyExists", text)


def _check_zones(world: World, properties: Mapping[str, Any]) -> None:
    zones = set()
    for subnet in properties.get("SubnetIds") or ():
        zone = world.cloud.network.subnets[world.name(subnet)].availability_zone
        if zone in zones:
            text = f"Found another VPC endpoint subnet in the availability zone of {world.id(subnet)}."
            raise ApiError("DuplicateSubnetsInSameZone", text)
        zones.add(zone)


def _check_private_dns(world: World, properties: Mapping[str, Any], others: Sequence[VpcEndpoint]) -> None:
    vpc = world.cloud.network.vpcs[properties["VpcId"]]
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        text = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{world.id(vpc.id)}"
        )
        raise ApiError("InvalidParameter", text)
    service = str(properties["ServiceName"])
    if any(one.private_dns_enabled for one in others):
        name = service_names.service(service.split(".", 3)[-1]).private_names(vpc.region)[0]
        text = (
            f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {name} in the VPC "
            f"{world.id(vpc.id)}"
        )
        raise ApiError("InvalidParameter", text)
    inbound = (properties.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint")
    if inbound is None:  # S3's default (vpc-network §5.6)
        inbound = service_names.service_code(service) == "s3"
    if str(inbound) in _INBOUND_ONLY and not any(one.type is EndpointType.GATEWAY for one in others):
        text = (
            f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {world.id(vpc.id)} must have a "
            "Gateway endpoint for the service."
        )
        raise ApiError("InvalidParameter", text)


def delete_vpc_endpoints(world: World, asked: Parameters) -> Change:
    """DeleteVpcEndpoints: ids that are not there are listed as unsuccessful."""
    ids = asked.get("VpcEndpointIds") or []
    there = {str(world.id(name)) for name in world.cloud.network.vpc_endpoints}
    failed = [
        {"ResourceId": one, "Error": {"Code": "InvalidVpcEndpoint.NotFound",
                                      "Message": f"The Vpc Endpoint Id '{one}' does not exist"}}
        for one in ids if one not in there
    ]  # fmt: skip
    return Change(
        tuple(Remove(world.name(one)) for one in ids if one in there), lambda _world: {"Unsuccessful": failed}
    )


# --- endpoint services ------------------------------------------------------------------------------------------------

_SERVICE = "AWS::EC2::VPCEndpointService"
_BALANCERS = ("NetworkLoadBalancerArns", "GatewayLoadBalancerArns")
_SERVICE_FLAGS = ("AcceptanceRequired", "PrivateDnsName", "SupportedIpAddressTypes", "SupportedRegions")


def create_endpoint_service(world: World, asked: Parameters) -> Change:
    """CreateVpcEndpointServiceConfiguration: endpoints of other VPCs lead to its load balancers."""
    if not any(asked.get(name) for name in _BALANCERS):
        raise ApiError(
            "MissingParameter", "The request must contain NetworkLoadBalancerArns or GatewayLoadBalancerArns"
        )
    properties = {
        **{name: [_balancer(world, one) for one in asked[name]] for name in _BALANCERS if asked.get(name)},
        **{name: asked[name] for name in _SERVICE_FLAGS if name in asked},
    }
    id_, put = created("ServiceId", "vpce-svc", _SERVICE, asked, properties)
    return Change((put,), lambda after: {"ServiceConfiguration": after.record("ServiceId", id_)})


def _balancer(world: World, arn: str) -> str:
    name = world.name(arn)
    if name not in world.cloud.balancing.load_balancers:
        raise ApiError("InvalidParameter", f"The load balancer {arn} does not exist")
    return name


def modify_endpoint_service(world: World, asked: Parameters) -> Change:
    """ModifyVpcEndpointServiceConfiguration: balancers come and go, names and acceptance change."""
    name = world.existing(asked, "ServiceId")
    resource = world.resource(name)
    given = {key: asked[key] for key in ("AcceptanceRequired", "PrivateDnsName") if key in asked}
    if asked.get("RemovePrivateDnsName"):
        given["PrivateDnsName"] = None
    for property_ in _BALANCERS:
        added = [_balancer(world, one) for one in asked.get(f"Add{property_}") or ()]
        gone = [world.name(one) for one in asked.get(f"Remove{property_}") or ()]
        if added or gone:
            before = map(world.name, (resource.properties.get(property_) if resource else ()) or ())
            given[property_] = [*dict.fromkeys(one for one in (*before, *added) if one not in gone)] or None
    return Change(world.set(name, **given))


def delete_endpoint_services(world: World, asked: Parameters) -> Change:
    """DeleteVpcEndpointServiceConfigurations: one with endpoints stays, and is listed as unsuccessful."""
    used = {str(one.service_name) for one in world.cloud.network.vpc_endpoints.values()}
    failed, gone = [], []
    for one in asked.get("ServiceIds") or ():
        service = world.cloud.network.vpc_endpoint_services.get(world.name(one))
        if service is not None and service.service_name not in used:
            gone.append(service.id)
        else:
            code = "InvalidVpcEndpointService.NotFound" if service is None else "ExistingVpcEndpointConnections"
            text = f"The VpcEndpointService Id '{one}' " + ("does not exist" if service is None else "has endpoints")
            failed.append({"ResourceId": one, "Error": {"Code": code, "Message": text}})
    permissions = [one for name in gone for one in world.referring(PERMISSIONS, ServiceId=name)]
    edits = (*removal(permissions), *(Remove(name) for name in gone))
    return Change(edits, lambda _world: {"Unsuccessful": failed})


def modify_service_permissions(world: World, asked: Parameters) -> Change:
    """ModifyVpcEndpointServicePermissions: principals that may have endpoints."""
    name = world.existing(asked, "ServiceId")
    there = next(iter(world.referring(PERMISSIONS, ServiceId=name)), None)
    before = (there.properties.get("AllowedPrincipals") if there else ()) or ()
    added, gone = (asked.get(f"{verb}AllowedPrincipals") or () for verb in ("Add", "Remove"))
    listed = [*dict.fromkeys(one for one in (*before, *added) if one not in gone)]
    if there is None:
        put: Edit = new(PERMISSIONS, f"{name}.permissions", {"ServiceId": name, "AllowedPrincipals": listed})
    else:
        put = updated(there, AllowedPrincipals=listed)
    fresh = [{"Principal": one, "ServiceId": world.id(name)} for one in listed if one not in before]
    return Change((put,), lambda _world: {"ReturnValue": True, "AddedPrincipals": fresh})


WRITES = {
    "CreateVpcEndpointServiceConfiguration": create_endpoint_service,
    "ModifyVpcEndpointServiceConfiguration": modify_endpoint_service,
    "DeleteVpcEndpointServiceConfigurations": delete_endpoint_services,
    "ModifyVpcEndpointServicePermissions": modify_service_permissions,
    "CreateVpcEndpoint": create_vpc_endpoint,
    "ModifyVpcEndpoint": modify_vpc_endpoint,
    "DeleteVpcEndpoints": delete_vpc_endpoints,
}
