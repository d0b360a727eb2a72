"""IPv6: which interfaces have an address, and where they get it from (vpc-network §1.2, §4.8).

An address that AWS will choose is any of its subnet's block. A function has one only where it was allowed to; a load
balancer where it is dual-stack; others where their subnet gives every interface one.
"""

from __future__ import annotations

from netful.engine.flow import network_of
from netful.engine.ruling import Ruling, needs
from netful.model.cloud import Cloud
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Unknown
from netful.model.vpc import IPNetwork, Subnet

NO_ADDRESS = "NETFUL_NO_IPV6_ADDRESS"

_NEVER = (InterfaceOwner.NAT_GATEWAY, InterfaceOwner.ENDPOINT)


def address_of(cloud: Cloud, interface: NetworkInterface) -> IPNetwork | None:
    """The IPv6 address of an interface, or the block that it will be from; None when it has none."""
    if interface.ipv6_address is not None:
        return network_of(interface.ipv6_address)
    subnet = cloud.subnets.get(interface.subnet_id) if isinstance(interface.subnet_id, str) else None
    if subnet is None or subnet.ipv6_cidr_block is None or isinstance(subnet.ipv6_cidr_block, Unknown):
        return None
    return subnet.ipv6_cidr_block if _gets_one(cloud, interface, subnet) else None


def without_address(cloud: Cloud, interface: NetworkInterface) -> Ruling:
    """How an interface without an IPv6 address rules on a flow that needs one."""
    who = ", ".join(interface.function_ids) or interface.owner_id
    subnet_id = interface.subnet_id
    if not isinstance(subnet_id, str) or subnet_id not in cloud.subnets:
        missing = needs(subnet_id, f"subnet {subnet_id}")
        return Ruling("unknown", who, "whether it has an IPv6 address is not known", missing=missing)
    return Ruling("deny", who, "has no IPv6 address", code=NO_ADDRESS, origin=interface.origin)


def _gets_one(cloud: Cloud, interface: NetworkInterface, subnet: Subnet) -> bool:
    if interface.owner is InterfaceOwner.LAMBDA:
        functions = (cloud.functions.get(id_) for id_ in interface.function_ids)
        return any(function is not None and function.ipv6_allowed_for_dual_stack for function in functions)
    if interface.owner is InterfaceOwner.LOAD_BALANCER:
        balancer = cloud.load_balancers.get(interface.owner_id)
        return balancer is not None and balancer.ip_address_type.startswith("dualstack")
    return subnet.assign_ipv6_address_on_creation and interface.owner not in _NEVER
