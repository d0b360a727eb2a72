"""Addresses that an attribute will hold at deployment: those of the interfaces of the resource whose attribute it is.

An instance with several has the address of its first.
"""

from __future__ import annotations

from netful.model.cloud import Cloud
from netful.model.interface import NetworkInterface
from netful.model.unknown import Unknown

_ATTRIBUTES = frozenset(
    {
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
    }
)


def promised(cloud: Cloud, value: Unknown) -> tuple[NetworkInterface, ...]:
    """The interfaces whose addresses an unknown value will hold; none where it is something else."""
    for need in value.needs:
        owner_id, _, attribute = need.partition(".")
        if attribute in _ATTRIBUTES:
            return tuple(eni for eni in cloud.interfaces_of(owner_id) if not eni.device_index)
    return ()
