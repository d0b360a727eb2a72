"""Clients on the internet that a project declares: their addresses, places and distances."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

from netful.model.core import Identified

_MOST = 256  # addresses of a block: more than ever run at once


class InternetClient(Identified):
    """Clients with an address of a block. Distances are round-trip times in milliseconds.

    `edge_ms` is to the nearest edge location, `region_ms` to the stack's region; `country` is a code of ISO 3166-1.
    """

    addresses: IPv4Network
    edge_ms: float = 0.0
    region_ms: float = 0.0
    country: str = ""

    @property
    def hosts(self) -> Sequence[IPv4Address]:
        """Their addresses. A question uses the first of them."""
        return [*islice(self.addresses.hosts(), _MOST)]

    @property
    def backbone_ms(self) -> float:
        """The distance from the edge location to the region."""
        return max(0.0, self.region_ms - self.edge_ms)
