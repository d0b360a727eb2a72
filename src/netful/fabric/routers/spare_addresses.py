"""Addresses of interfaces that are added while a stack runs: the last ones of a subnet. The first ones are for the template's."""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from itertools import count

from netful.fabric.kernel.node import addresses_of
from netful.model.allocation import free_addresses
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Subnet


def with_spare_addresses(
    eni: NetworkInterface, subnet: Subnet, others: Iterable[NetworkInterface], *, ipv6: bool
) -> NetworkInterface:
    """Return an interface with addresses of a subnet that no other interface has: none of a family whose addresses are all taken."""
    taken = {address for other in others if other.subnet_id == subnet.id for address in addresses_of(other)}
    block, block6 = subnet.cidr_block, subnet.ipv6_cidr_block
    free = [a for a in free_addresses(block, set()) if a not in taken] if isinstance(block, IPv4Network) else []
    address6 = None
    if ipv6 and isinstance(block6, IPv6Network):  # the last address of a block is reserved (vpc-network §1.3)
        address6 = next(block6[-number] for number in count(2) if block6[-number] not in taken)
    return replace(eni, private_ip_address=free[-1] if free else None, ipv6_address=address6)
