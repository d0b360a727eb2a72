"""Availability zones that interfaces share: zones that are written in different ways, or not at all, cannot be compared."""

from netful.model.core import known_in
from netful.model.network.network import Network
from netful.model.network.network_interface import NetworkInterface

NEAREST = (True, None, False)
"""The answers of `share_zone`, the best one first."""


def share_zone(network: Network, one: NetworkInterface, other: NetworkInterface) -> bool | None:
    """Return whether two interfaces are in one zone; None if that is not known, as across accounts, which name zones differently."""
    own, another = (known_in(network.subnets, each.subnet_id) for each in (one, other))
    if own is None or another is None:
        return None
    vpcs = (network.vpc_of_interface(one), network.vpc_of_interface(other))
    places = {(vpc.owner_id, vpc.region) for vpc in vpcs if vpc is not None}
    return own.shares_zone(another) if len(places) < len(vpcs) else None
