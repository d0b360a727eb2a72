"""A network position: a namespace for a command or a probe to run in.

Three kinds: behind a function's ENI (a sandbox), an interface of its own in a subnet, or a client on the internet.
"""

import socket as sockets
from collections.abc import Callable

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import LeafLink
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink
from netful.model.core import Frozen
from netful.model.network.vpc import IPAddress


class Position(Frozen):
    """A place in the network. `resolver` is the name server of its resolv.conf; `release` frees the place.

    `router` is the namespace that the place is linked to, if the link can disappear before the place does.
    """

    name: str
    netns: Netns
    address: IPAddress
    resolver: IPAddress
    release: Callable[[], None]
    router: Netns | None = None

    @property
    def cut(self) -> bool:
        """Return whether nothing leads here any more. Safe on any thread."""
        return self.netns.closed or (self.router is not None and self.router.closed)

    def socket(self, kind: int, family: int = sockets.AF_INET) -> sockets.socket:
        """Open a non-blocking socket here. Namespace thread only."""
        return self.netns.socket(kind, family)


def placed(
    name: str,
    netns: Netns,
    link: LeafLink,
    addresses: list[IPAddress],
    resolver: IPAddress,
    leave: Callable[[], None] = lambda: None,
) -> Position:
    """Configure the near side of a namespace that was linked, and return its position; `leave` undoes the link."""
    rtnetlink = Rtnetlink(netns)
    rtnetlink.up(LOOPBACK)
    link.configure(rtnetlink, addresses)
    rtnetlink.close()

    def release() -> None:
        leave()
        netns.close()

    return Position(name, netns, addresses[0], resolver, release)
