"""IPv6 addresses of interfaces (vpc-network §1.2, §4.8); an interface that does not exist yet has any address of its subnet."""

from __future__ import annotations

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import network_of
from netful.engine.flows.ruling import Ruling, needs
from netful.model.allocation import gets_ipv6
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPNetwork


def address_of(cloud: Cloud, interface: NetworkInterface) -> IPNetwork | None:
    """Return the IPv6 address of an interface, or the block that it will be from; None if it has none."""
    if interface.ipv6_address is not None:
        return network_of(interface.ipv6_address)
    subnet = known_in(cloud.network.subnets, interface.subnet_id)
    if subnet is None or subnet.ipv6_cidr_block is None or isinstance(subnet.ipv6_cidr_block, Unknown):
        return None
    return subnet.ipv6_cidr_block if gets_ipv6(cloud, interface, subnet) else None


def without_address(cloud: Cloud, interface: NetworkInterface) -> Ruling:
    """Return the ruling on a flow that needs an IPv6 address, for an interface without one."""
    who = ", ".join(interface.function_ids) or interface.owner_id
    subnet_id = interface.subnet_id
    if not isinstance(subnet_id, str) or subnet_id not in cloud.network.subnets:
        missing = needs(subnet_id, f"subnet {subnet_id}")
        return Ruling("unknown", who, "whether it has an IPv6 address is not known", missing=missing)
    return Ruling("deny", who, "has no IPv6 address", code=Code.NETFUL_NO_IPV6_ADDRESS, origin=interface.origin)
