"""Addresses that AWS assigns only at deployment: attributes of resources, predicted from their interfaces here."""

from ipaddress import IPv4Address

from netful.model.cloud import Cloud
from netful.model.core import Unknown

_ADDRESS_ATTRIBUTES = (
    "PrivateDnsName",
    "PrivateIp",
    "PrivateIpAddress",
    "PrimaryPrivateIpAddress",
    "Endpoint.Address",
    "Endpoint",
    "ReadEndpoint.Address",
    "PrimaryEndPoint.Address",
    "ReaderEndPoint.Address",
    "RedisEndpoint.Address",
    "ConfigurationEndPoint.Address",
    "ConfigurationEndpoint.Address",
)


def promised(cloud: Cloud, value: Unknown) -> tuple[IPv4Address, ...]:
    """Return the addresses that an attribute will contain, by the interfaces of its resource."""
    ends = [(need, f".{attribute}") for need in value.needs for attribute in _ADDRESS_ATTRIBUTES]
    owner_id = next((need.removesuffix(end) for need, end in ends if need.endswith(end)), "")
    found = (eni.private_ip_address for eni in cloud.network.interfaces_of(owner_id))
    return tuple(address for address in found if address is not None)
