"""Addresses on the emulated internet: only those that are reserved for documentation and benchmarks.

| block | use |
|---|---|
| 203.0.113.0/24, then 198.51.100.0/24 | Elastic IPs and other public addresses of the template |
| 192.0.2.0/24 | clients on the internet; `192.0.2.1` is "the internet" of a question |
| 192.0.2.240/28 | CloudFront where it calls origins |
| 198.18.0.0/17 | AWS's regional services, one address for a service and region |
| 198.18.128.0/18, 198.18.192.0/18 | the S3 and DynamoDB prefix lists, a /24 for a region |
| 198.19.0.0/16 | every other name |
| 2001:db8::/32 | the IPv6 blocks that AWS gives to VPCs, a /56 each; the last /64 is the IPv6 internet |

An address depends only on its name, so a prediction and a running stack use the same one. RFC 5737, RFC 2544.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from zlib import crc32

from netful.model.names.service_names import REGIONS, SERVICES, Service

ELASTIC_IP_BLOCKS = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
CLIENT_BLOCK = IPv4Network("192.0.2.0/24")
SERVICE_BLOCK = IPv4Network("198.18.0.0/15")
INTERNET_HOST = IPv4Address("192.0.2.1")
INTERNET_CLIENT = IPv4Address("192.0.2.100")
EMULATED_BLOCKS = (*ELASTIC_IP_BLOCKS, CLIENT_BLOCK, SERVICE_BLOCK)
"""The blocks that are the internet itself, also where a VPC has one of them as its own block."""
IPV6_BLOCK = IPv6Network("2001:db8::/32")
INTERNET6_BLOCK = IPv6Network("2001:db8:ffff:ffff::/64")
INTERNET6_HOST = IPv6Address("2001:db8:ffff:ffff::1")
INTERNET6_CLIENT = IPv6Address("2001:db8:ffff:ffff::64")
EDGE_BLOCK = IPv4Network("192.0.2.240/28")
EDGE_CLIENT = EDGE_BLOCK[1]
"""The address from which CloudFront calls origins, in the block of its managed prefix list."""
LAMBDA_SERVICE = IPv4Address("192.0.2.200")
"""The source address of functions outside a VPC."""

_GATEWAY_BASE = {"s3": IPv4Address("198.18.128.0"), "dynamodb": IPv4Address("198.18.192.0")}
_NAMES_BASE = int(IPv4Address("198.19.0.0"))
_ROW = 512  # number of services in a region
_PLACES = {code: number for number, code in enumerate(SERVICES)}


def elastic_ip(number: int) -> IPv4Address:
    """Return the public address with a running number from 0. Raise IndexError past the documentation blocks."""
    for block in ELASTIC_IP_BLOCKS:
        usable = block.num_addresses - 2
        if number < usable:
            return block[number + 1]
        number -= usable
    raise IndexError("more public addresses than the documentation blocks have")


def elastic_ip_number(address: IPv4Address) -> int | None:
    """Return the running number of a public address; None outside of the documentation blocks."""
    passed = 0
    for block in ELASTIC_IP_BLOCKS:
        if address in block:
            return passed + int(address) - int(block[1])
        passed += block.num_addresses - 2
    return None


def _region_number(region: str) -> int:
    return REGIONS.index(region) if region in REGIONS else len(REGIONS) + crc32(region.encode()) % 20


def prefix_list_block(service_code: str, region: str) -> IPv4Network:
    """Return the block of a gateway service's managed prefix list in a region."""
    base = _GATEWAY_BASE[service_code] + _region_number(region) * 256
    return IPv4Network((base, 24))


@lru_cache(maxsize=1024)  # routing asks for every request
def service_address(service: Service, region: str) -> IPv4Address:
    """Return the public address of a regional service."""
    if service.code in _GATEWAY_BASE:
        return prefix_list_block(service.code, region)[10]
    place = _PLACES.get(service.code)
    if place is None:
        place = len(_PLACES) + crc32(service.code.encode()) % (_ROW - 1 - len(_PLACES))
    return IPv4Address("198.18.0.0") + _region_number(region) * _ROW + place + 1


def host_address(name: str) -> IPv4Address:
    """Return the public address of any other name."""
    return IPv4Address(_NAMES_BASE + 256 + crc32(name.encode()) % (65536 - 512))


def ipv6_block(number: int) -> IPv6Network:
    """Return the block of the n-th VPC with an Amazon-provided IPv6 block (RFC 3849 reserves 2001:db8::/32).

    Its text ends with `00::/56`, as that of every block that AWS gives: templates cut it there to write the blocks of subnets.
    """
    third, fourth = divmod(number, 255)
    return IPv6Network((int(IPV6_BLOCK.network_address) + (third << 80) + ((fourth + 1) << 72), 56))
