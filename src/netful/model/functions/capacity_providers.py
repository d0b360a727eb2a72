"""Capacity providers of Lambda Managed Instances: the network of the functions that run on them (spec: newer-aws §8.1)."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from msgspec import field

from netful.model.core import Identified, Maybe, Unknown


class CapacityProvider(Identified):
    """A capacity provider. Its instances have ordinary interfaces: `public_ips` are their public addresses, by subnet."""

    arn: str
    subnet_ids: tuple[Maybe[str], ...] | Unknown = ()
    security_group_ids: tuple[Maybe[str], ...] | Unknown = ()
    public_ips: Mapping[str, IPv4Address] = field(default_factory=dict)
