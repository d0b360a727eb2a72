"""What a user may set about the network: AWS's figures, smaller where a test wants to meet a limit soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FIRST_NAT_PORT, LAST_PORT = 1024, 65_535
MOST_PORTS = LAST_PORT - FIRST_NAT_PORT + 1


@dataclass(frozen=True)
class Options:
    """`relayed`: ports of resources that the host serves, by the resource's id.

    `nat_ports`: connections of a NAT gateway to one destination; `nat_idle_seconds`: after so long without a packet a
    connection through it is reset (vpc-network §4.2). `eni_ports`: connections of a Hyperplane interface to one destination
    (lambda §1.3); `eni_connections`: how many it carries in all before another one is made, which takes `eni_seconds`.
    """

    relayed: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    nat_ports: int = 55_000
    nat_idle_seconds: int = 350
    eni_ports: int = MOST_PORTS
    eni_connections: int = 65_000
    eni_seconds: float = 0.0
