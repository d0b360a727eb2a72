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
    """Return the addresses that an attribute will contain: that of an interface, or those of a resource's primary interfaces."""
    ends = [(need, f".{attribute}") for need in value.needs for attribute in _ADDRESS_ATTRIBUTES]
    id_ = next((need.removesuffix(end) for need, end in ends if need.endswith(end)), "")
    own = cloud.network.network_interfaces.get(id_)
    found = (own,) if own is not None else cloud.network.interfaces_of(id_)
    first = min((eni.device_index for eni in found), default=0)
    addresses = (eni.private_ip_address for eni in found if eni.device_index == first)
    return tuple(address for address in addresses if address is not None)
