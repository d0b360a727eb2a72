"""A distance: two links with a namespace between them, where frames wait before they are forwarded.

1. The kernel's own delay (netem) is a module that many machines lack. A packet socket at the end of each link works
   wherever links do, without rights on the host.
2. Frames pass unchanged, with the virtio header in front: so pending checksums and large segments arrive as such.
3. A frame waits half of the round-trip time of its far address, which is shorter for resolvers and edge locations.
4. Frames wait in the process that has the network, on a thread of its own, to the millisecond. This models places, not
   jitter or loss.
"""

import contextlib
import heapq
import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import count

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import LEAF_LINK, MTU, ROUTER_MAC, LeafLink, leaf_mac
from netful.fabric.kernel.polling_thread import PollingThread
from netful.fabric.kernel.rtnetlink import Rtnetlink
from netful.model.access.internet_client import InternetClient
from netful.model.core import Frozen

NEAR_LINK = 11
"""The client's end of the link in between; the internet's end has the same number as in a leaf."""

_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_VNET_HDR, _PACKET_IGNORE_OUTGOING = 263, 15, 23
_VNET, _ETHERNET = 10, 14  # bytes before the frame, and before its packet
_IPV4 = b"\x08\x00"
_LARGEST = 1 << 17
_BUFFER = 4 << 20
_SOURCE, _DESTINATION = slice(12, 16), slice(16, 20)


class Delays(Frozen):
    """One-way delays in seconds: to near addresses, and to all others. `near` has IPv4 addresses as packed bytes."""

    near: frozenset[bytes]
    edge: float
    region: float

    def of(self, frame: bytes, address: slice) -> float:
        """Return the delay of a frame, by an address of its packet."""
        packet = frame[_VNET + _ETHERNET :]
        is_near = frame[_VNET + 12 : _VNET + _ETHERNET] == _IPV4 and packet[address] in self.near
        return self.edge if is_near else self.region


def delays_of(client: InternetClient, near: Iterable[IPv4Address]) -> Delays:
    """Return the delays of a declared client."""
    return Delays(frozenset(one.packed for one in near), client.edge_ms / 2000, client.region_ms / 2000)


@dataclass
class Distance:
    """The distance between a client and the internet. Call `start` and `close` on the namespace thread."""

    delays: Delays
    _sockets: list[socket.socket] = field(default_factory=list)
    _thread: PollingThread | None = None

    def start(self, between: Netns, client: Netns, link: LeafLink) -> None:
        """Carry frames between a link's end in a namespace and a client's, which is linked to that namespace."""
        rtnetlink = Rtnetlink(between)
        rtnetlink.veth(
            "client", NEAR_LINK, mac=ROUTER_MAC, peer=client, peer_index=LEAF_LINK, peer_mac=leaf_mac(link.number),
            mtu=MTU, bursts=False,
        )  # fmt: skip
        for end in (NEAR_LINK, LEAF_LINK):
            rtnetlink.up(end)
        rtnetlink.flush()
        rtnetlink.close()
        self._sockets = [_tap(between, end) for end in (NEAR_LINK, LEAF_LINK)]
        self._thread = PollingThread(self._carry, "distance")

    def close(self) -> None:
        """Stop carrying frames; waiting frames are lost."""
        if self._thread is None:
            return
        self._thread.end()
        self._thread = None
        for one in self._sockets:
            one.close()

    def _carry(self, ended: int) -> None:
        near, far = self._sockets
        ways: dict[int, tuple[socket.socket, socket.socket, Callable[[bytes], float]]] = {
            near.fileno(): (near, far, lambda frame: self.delays.of(frame, _DESTINATION)),
            far.fileno(): (far, near, lambda frame: self.delays.of(frame, _SOURCE)),
        }
        waiting: list[tuple[float, int, socket.socket, bytes]] = []
        order = count()
        with select.epoll() as ready:
            for number in (*ways, ended):
                ready.register(number, select.EPOLLIN)
            while True:
                pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else -1
                for number, _ in ready.poll(pause):
                    if number not in ways:
                        return
                    came, goes, delay = ways[number]
                    for frame in _frames(came):
                        heapq.heappush(waiting, (time.monotonic() + delay(frame), next(order), goes, frame))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, _, goes, frame = heapq.heappop(waiting)
                    with contextlib.suppress(
                        OSError
                    ):  # the queue is full or the link is gone: the frame is lost, as on a real network
                        goes.send(frame)


def _frames(came: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):  # no more frames, or the link is gone
        while True:
            yield came.recv(_LARGEST)


def _tap(netns: Netns, link: int) -> socket.socket:
    """Return a socket that receives every frame of a link and sends frames on it."""
    tap = netns.socket(socket.SOCK_RAW, socket.AF_PACKET)
    for option in (_PACKET_VNET_HDR, _PACKET_IGNORE_OUTGOING):
        tap.setsockopt(_SOL_PACKET, option, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    with netns.inside():
        tap.bind((socket.if_indextoname(link), _ETH_P_ALL))
    return tap
