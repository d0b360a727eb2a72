"""Public addresses that AWS refuses in a VPC without an internet gateway, and private ones that a subnet does not have."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Vpc
from netful.sources.refused.targets import ipv4

_RESERVED = 4
"""The number of addresses that AWS keeps at the beginning of a subnet."""
_TYPES = {"AWS::EC2::EIP", "AWS::EC2::EIPAssociation"}
_AT_THE_EDGE = ("AWS::EC2::CarrierGateway", "AWS::EC2::LocalGatewayRouteTableVPCAssociation")
"""Gateways that give public addresses in Wavelength Zones and on Outposts."""


def unreachable(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield associations of a public address with an interface in a VPC without an internet gateway."""
    for resource in cloud.template.of_type(*_TYPES):
        vpcs = (cloud.network.vpc_of_interface(one) for one in _interfaces(cloud, resource))
        yield from _apart(cloud, resource.id, vpcs)


def nat_gateways(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield public NAT gateways in a VPC without an internet gateway."""
    for nat in cloud.network.nat_gateways.values():
        if nat.public and isinstance(nat.subnet_id, str) and is_known(cloud, nat.id, "ConnectivityType"):
            yield from _apart(cloud, nat.id, [cloud.network.vpc_of(nat.subnet_id)])


def load_balancers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield load balancers that face the internet, in a VPC without an internet gateway."""
    for balancer in cloud.balancing.load_balancers.values():
        is_public = not balancer.internal and balancer.type is not LoadBalancerType.GATEWAY
        if is_public and is_known(cloud, balancer.id, "Scheme"):
            yield from _apart(cloud, balancer.id, [known_in(cloud.network.vpcs, balancer.vpc_id)])


def databases(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield public databases in a VPC without an internet gateway, or without DNS for their names."""
    for database in cloud.template.of_type("AWS::RDS::DBInstance"):
        if str(database.properties.get("PubliclyAccessible")).lower() == "true":
            vpcs = [cloud.network.vpc_of_interface(one) for one in cloud.network.interfaces_of(database.id)]
            yield from _apart(cloud, database.id, vpcs)
            for vpc in vpcs[:1]:
                if vpc is not None and False in (vpc.enable_dns_support, vpc.enable_dns_hostnames):
                    yield database.id, f"`{vpc.id}` has no DNS names for what is public"


def private(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield instances and interfaces with a private address that their subnet does not have, or reserves."""
    for resource in cloud.template.of_type("AWS::EC2::Instance", "AWS::EC2::NetworkInterface"):
        subnet = known_in(cloud.network.subnets, cloud.named(str(resource.properties.get("SubnetId"))))
        address, block = ipv4(resource.properties.get("PrivateIpAddress")), subnet.cidr_block if subnet else None
        if subnet is None or address is None or not isinstance(block, IPv4Network):
            continue
        if address not in block:
            yield resource.id, f"{address} is not in {block} of `{subnet.id}`"
        elif address == block[-1] or address < block[_RESERVED]:
            yield resource.id, f"{address} is reserved in `{subnet.id}`"


def is_known(cloud: Cloud, id_: str, property_: str) -> bool:
    """Return whether a property of a resource is known, or left out."""
    resource = cloud.template.resources.get(id_)
    return resource is None or not isinstance(resource.properties.get(property_), Unknown)


def _apart(cloud: Cloud, id_: str, vpcs: Iterable[Vpc | None]) -> Iterator[tuple[str, str]]:
    """Yield a resource if one of its VPCs surely has no internet gateway."""
    edges = (cloud.named(str(one.properties.get("VpcId"))) for one in cloud.template.of_type(*_AT_THE_EDGE))
    gateways = {*edges, *(one.vpc_id for one in cloud.network.internet_gateways.values())}
    vpc = next((one for one in vpcs if one is not None and one.id not in gateways), None)
    if vpc is not None and not any(isinstance(one, Unknown) for one in gateways):
        yield id_, f"network `{vpc.id}` is not attached to any internet gateway"


def _interfaces(cloud: Cloud, resource: Resource) -> Iterator[NetworkInterface]:
    """Yield the interfaces that an address is associated with."""
    for property_ in ("NetworkInterfaceId", "InstanceId"):
        name = resource.properties.get(property_)
        if isinstance(name, str):
            own = cloud.network.network_interfaces.get(cloud.named(name))
            yield from [own] if own is not None else cloud.network.interfaces_of(cloud.named(name))
