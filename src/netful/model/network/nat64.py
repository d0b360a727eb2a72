"""Addresses of NAT64: IPv4 addresses inside the IPv6 block 64:ff9b::/96 (newer-aws §10.1, RFC 6052)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

NAT64_BLOCK = IPv6Network("64:ff9b::/96")


def embedded(address: IPv4Address) -> IPv6Address:
    """Return the address of NAT64 that stands for an IPv4 address."""
    return IPv6Address(int(NAT64_BLOCK.network_address) | int(address))


def extracted(address: IPv6Address) -> IPv4Address:
    """Return the IPv4 address that an address of NAT64 stands for."""
    return IPv4Address(int(address) & 0xFFFFFFFF)
