"""Address blocks with a special meaning.

The standard library's `is_private` does not fit: it includes the documentation and benchmark ranges, which netful uses for
its emulated internet (`model.network.addresses`).
"""

from ipaddress import IPv4Network, IPv6Network

from netful.engine.flows.flow import contains
from netful.model.network.vpc import IPNetwork, Vpc

RFC1918 = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
RFC6598 = IPv4Network("100.64.0.0/10")
LINK_LOCAL = IPv4Network("169.254.0.0/16")
UNIQUE_LOCAL = IPv6Network("fc00::/7")
_PRIVATE: tuple[IPNetwork, ...] = (*RFC1918, RFC6598, LINK_LOCAL, UNIQUE_LOCAL)


def is_public(address: IPNetwork | None) -> bool:
    """Return whether an address can be on the internet; an unknown address counts as private."""
    return address is not None and not any(contains(block, address) for block in _PRIVATE)


def in_vpc(vpc: Vpc, address: IPNetwork | None) -> bool:
    """Return whether an address is in a VPC. True if the address or a block of the VPC is not known."""
    known = vpc.known_blocks
    return address is None or len(known) < len(vpc.blocks) or any(contains(block, address) for block in known)
