"""A network position: a namespace that stands where a question says, for a command or a probe to run in.

Three kinds: behind a function's ENI (a sandbox), an interface of its own in a subnet, or a client on the internet.
"""

from __future__ import annotations

import socket as sockets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from netful.fabric.kernel.netns import Netns


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the network. `resolver` is what its resolv.conf names; `release` gives the place up."""

    name: str
    netns: Netns
    address: IPv4Address
    resolver: IPv4Address
    release: Callable[[], None]

    def socket(self, kind: int, family: int = sockets.AF_INET) -> sockets.socket:
        """Open a non-blocking socket here. Namespace thread only."""
        return self.netns.socket(kind, family)
