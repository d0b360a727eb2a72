"""Clients on the internet that a project declares: their addresses, where they are, and how far away that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

from netful.model.core.origin import DEFAULT, Origin

_MOST = 256  # of a block: more than ever run at once


@dataclass(frozen=True, slots=True)
class InternetClient:
    """Clients that have an address of a block. Distances are milliseconds, there and back.

    `edge_ms` is to the nearest edge location, `region_ms` to the stack's region; `country` is a code of ISO 3166-1.
    """

    id: str
    addresses: IPv4Network
    edge_ms: float = 0.0
    region_ms: float = 0.0
    country: str = ""
    origin: Origin = DEFAULT

    @property
    def hosts(self) -> Sequence[IPv4Address]:
        """Their addresses. A question asks as the first of them."""
        return [*islice(self.addresses.hosts(), _MOST)]

    @property
    def backbone_ms(self) -> float:
        """From the edge location to the region: what is left of the way."""
        return max(0.0, self.region_ms - self.edge_ms)
