"""Address families of interfaces (vpc-network §1.2, §4.8); an interface that does not exist yet has any address of its subnet."""

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import ipv4_of, network_of
from netful.engine.flows.ruling import Ruling, needs
from netful.model.allocation import gets_ipv4, gets_ipv6
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPNetwork

IPV4, IPV6 = 4, 6
BOTH = frozenset({IPV4, IPV6})
LACKS = {IPV4: Code.NETFUL_NO_IPV4_ADDRESS, IPV6: Code.NETFUL_NO_IPV6_ADDRESS}
"""The code of an end without an address of a family."""


def versions_of(cloud: Cloud, interface: NetworkInterface) -> frozenset[int]:
    """Return the families of an interface's addresses; IPv4 alone if its subnet is not known."""
    subnet = known_in(cloud.network.subnets, interface.subnet_id)
    four = interface.private_ip_address is not None or subnet is None or gets_ipv4(cloud, interface, subnet)
    six = interface.ipv6_address is not None or (
        subnet is not None and subnet.ipv6_cidr_block is not None and gets_ipv6(cloud, interface, subnet)
    )
    return frozenset(version for version, has in ((IPV4, four), (IPV6, six)) if has)


def address_of(cloud: Cloud, interface: NetworkInterface, version: int) -> IPNetwork | None:
    """Return an interface's address of a family; for IPv6 also the block that it will be from. None if it is not known."""
    return ipv4_of(interface) if version == IPV4 else ipv6_of(cloud, interface)


def ipv6_of(cloud: Cloud, interface: NetworkInterface) -> IPNetwork | None:
    """Return the IPv6 address of an interface, or the block that it will be from; None if it has none."""
    if interface.ipv6_address is not None:
        return network_of(interface.ipv6_address)
    subnet = known_in(cloud.network.subnets, interface.subnet_id)
    if subnet is None or subnet.ipv6_cidr_block is None or isinstance(subnet.ipv6_cidr_block, Unknown):
        return None
    return subnet.ipv6_cidr_block if gets_ipv6(cloud, interface, subnet) else None


def without_address(cloud: Cloud, interface: NetworkInterface, version: int) -> Ruling:
    """Return the ruling on a flow that needs an address of a family, for an interface whose address is not there or not known."""
    who = ", ".join(interface.function_ids) or interface.owner_id
    if known_in(cloud.network.subnets, interface.subnet_id) is None:
        rule = f"whether it has an IPv{version} address is not known"
        return Ruling("unknown", who, rule, missing=missing_address(cloud, interface))
    if version in versions_of(cloud, interface):
        missing = missing_address(cloud, interface, version)
        return Ruling("unknown", who, f"its IPv{version} address is not known", missing=missing)
    return Ruling("deny", who, f"has no IPv{version} address", code=LACKS[version], origin=interface.origin)


def missing_address(cloud: Cloud, interface: NetworkInterface, version: int = IPV4) -> tuple[str, ...]:
    """Return the input that would settle the address of an interface: its subnet, or the block of one that is loaded."""
    subnet = known_in(cloud.network.subnets, interface.subnet_id)
    if subnet is None:
        return needs(interface.subnet_id, f"subnet {interface.subnet_id}")
    return needs(subnet.ipv6_cidr_block if version == IPV6 else subnet.cidr_block, f"the block of {subnet.id}")
