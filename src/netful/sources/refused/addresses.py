"""Public addresses that AWS refuses: the VPC has no internet gateway."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.network.network_interface import NetworkInterface

_TYPES = {"AWS::EC2::EIP", "AWS::EC2::EIPAssociation"}


def unreachable(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield associations of a public address with an interface in a VPC without an internet gateway."""
    gateways = {one.vpc_id for one in cloud.network.internet_gateways.values()}
    if any(isinstance(one, Unknown) for one in gateways):
        return
    for resource in cloud.template.of_type(*_TYPES):
        vpcs = (cloud.network.vpc_of_interface(one) for one in _interfaces(cloud, resource))
        vpc = next((one for one in vpcs if one is not None and one.id not in gateways), None)
        if vpc is not None:
            yield resource.id, f"network `{vpc.id}` is not attached to any internet gateway"


def _interfaces(cloud: Cloud, resource: Resource) -> Iterator[NetworkInterface]:
    """Yield the interfaces that an address is associated with."""
    for property_ in ("NetworkInterfaceId", "InstanceId"):
        name = resource.properties.get(property_)
        if isinstance(name, str):
            own = cloud.network.network_interfaces.get(cloud.named(name))
            yield from [own] if own is not None else cloud.network.interfaces_of(cloud.named(name))
