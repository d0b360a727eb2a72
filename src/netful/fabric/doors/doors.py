"""Open doors: listening sockets in namespaces, each with its identity, purpose and owner."""

import socket as sockets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.kernel.netns import Netns
from netful.model.network.vpc import IPAddress

IP_PKTINFO, IPV6_FREEBIND = 8, 78  # <linux/in.h>, <linux/in6.h>; the standard library has no names for them
ANY, ANY6 = IPv4Address(0), IPv6Address(0)
"""The wildcard addresses: every address that is routed into a namespace."""


class Purpose(StrEnum):
    """The protocol to serve at a door's socket."""

    HTTPS = "https"
    HTTP = "http"
    ECHO = "echo"
    DNS = "dns"


@dataclass(frozen=True, eq=False)
class OpenDoor:
    """A socket that waits to be served. `owner` is the interface or gateway that it belongs to.

    `datagrams` is set where UDP is served beside TCP: DNS and echo.
    """

    owner: str
    door: Door
    purpose: Purpose
    socket: sockets.socket
    datagrams: sockets.socket | None = None

    def close(self) -> None:
        """Close a door that has no server."""
        self.socket.close()
        if self.datagrams is not None:
            self.datagrams.close()


class Doors:
    """The open doors. They are opened and forgotten here; the event loop that receives them serves and closes them."""

    def __init__(self) -> None:
        self._open: list[OpenDoor] = []

    def __iter__(self) -> Iterator[OpenDoor]:
        return iter([*self._open])

    def open(self, owner: str, door: Door, purpose: Purpose, netns: Netns, address: IPAddress, port: int) -> None:
        """Open a TCP door. All methods run on the namespace thread only."""
        self._open.append(OpenDoor(owner, door, purpose, netns.listen(address, port)))

    def open_web(self, owner: str, door: Door, netns: Netns, address: IPAddress) -> None:
        """Open the doors of an HTTP server: 443 and 80."""
        self.open(owner, door, Purpose.HTTPS, netns, address, 443)
        self.open(owner, door, Purpose.HTTP, netns, address, 80)

    def open_echo(self, owner: str, door: Door, netns: Netns, address: IPAddress, port: int) -> None:
        """Open the door of the echo service on every other port, TCP and UDP."""
        tcp, udp = netns.listen(address, port), netns.datagrams(address, port)
        # The echo must come from the address that was requested, one of many here: the kernel reports which one it was.
        if address.version == 4:
            udp.setsockopt(sockets.IPPROTO_IP, IP_PKTINFO, 1)
        else:
            udp.setsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_RECVPKTINFO, 1)
            udp.setsockopt(
                sockets.IPPROTO_IPV6, IPV6_FREEBIND, 1
            )  # the address is only routed to the namespace, not assigned in it
        self._open.append(OpenDoor(owner, door, Purpose.ECHO, tcp, udp))

    def open_resolver(
        self, owner: str, vpc_id: str | None, netns: Netns, address: IPAddress, *, kind: DoorKind = DoorKind.LOCAL
    ) -> None:
        """Open a resolver's door, TCP and UDP."""
        tcp, udp = netns.listen(address, 53), netns.datagrams(address, 53)
        self._open.append(OpenDoor(owner, Door(kind, vpc_id), Purpose.DNS, tcp, udp))

    def forget(self, owner: str) -> None:
        """Drop the doors of a removed owner; their server closes them."""
        self._open = [door for door in self._open if door.owner != owner]
