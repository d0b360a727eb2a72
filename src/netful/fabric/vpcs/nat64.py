"""NAT64 of a NAT gateway: IPv6 packets for 64:ff9b::/96 become IPv4 packets, and their answers IPv6 ones.

Linux has no such translation in nftables. So packets leave the gateway's namespace on a link to itself, and a thread translates
what comes out at its far end (`nat64_packets`). Each IPv6 client gets an IPv4 address of its own in `_CLIENTS`, which exists
in this namespace only; the gateway's ordinary translation then replaces it with the gateway's address.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import socket
import struct
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address

from netful.fabric.kernel import nft
from netful.fabric.kernel.node import GATEWAY, GATEWAY6, Node
from netful.fabric.vpcs import nat64_packets
from netful.model.network.nat64 import NAT64_BLOCK

NEXT_HOP = IPv6Address("fe80:ec2::64")
"""The gateway's own IPv6 address on its link to the router: it gives the namespace its way back there."""

_CLIENTS = IPv4Network("240.0.0.0/8")  # reserved, so never the destination of a packet
_NEAR, _FAR = 20, 21  # the numbers of the two ends of the link
_NEAR_MAC, _FAR_MAC, _TRANSLATOR_MAC = (bytes([2, 0x4E, 0x64, 0, 0, number]) for number in (1, 2, 3))
# Packets are for the translator's MAC address, which no link has: at the far end the kernel leaves them to the socket.
_ETHERNET = struct.Struct("!6s6sH")
_IPV4, _IPV6, _EVERY_TYPE = 0x0800, 0x86DD, 0x0003
_MTU, _MOST = 1600, 65_600  # IPv6 headers are 20 bytes longer
_SIOCETHTOOL, _SET_TX_CHECKSUMS = 0x8946, 0x17

# IPv6 enters and leaves by the translator alone, and nothing has a connection with the gateway itself.
_RULESET = """
table ip6 nat64 {
  chain translated_only {
    type filter hook forward priority 0; policy drop;
    iifname "eth0" oifname "nat64" accept
    iifname "nat64" oifname "eth0" accept
  }
  chain closed {
    type filter hook input priority 0; policy drop;
  }
}
"""


class Nat64:
    """The translator in a NAT gateway's namespace. Made and closed on the namespace thread."""

    def __init__(self, node: Node) -> None:
        netns, rtnetlink = node.netns, node.rtnetlink
        nft.load(netns, _RULESET)
        rtnetlink.veth(
            "nat64", _NEAR, mac=_NEAR_MAC, peer=netns, peer_index=_FAR, peer_mac=_FAR_MAC, peer_name="nat64far",
            mtu=_MTU, bursts=False,
        )  # fmt: skip
        rtnetlink.up(_FAR)
        rtnetlink.neighbour(GATEWAY, _TRANSLATOR_MAC, _NEAR)
        rtnetlink.neighbour(GATEWAY6, _TRANSLATOR_MAC, _NEAR)
        rtnetlink.route(_CLIENTS, link=_NEAR, via=GATEWAY)
        rtnetlink.route(NAT64_BLOCK, link=_NEAR, via=GATEWAY6)
        rtnetlink.flush()
        self._socket = netns.socket(socket.SOCK_RAW, socket.AF_PACKET, socket.htons(_EVERY_TYPE))
        _whole_packets(self._socket, "nat64")
        self._socket.bind(("nat64far", _EVERY_TYPE))
        rtnetlink.settle(_NEAR)
        rtnetlink.flush()
        self._clients = _Clients()
        self._stop = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, name="nat64", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._stop, select.POLLIN)
        poll.register(self._socket, select.POLLIN)
        while all(fd != self._stop for fd, _ in poll.poll()):
            self._drain()

    def _drain(self) -> None:
        """Translate the packets that have arrived."""
        while True:
            try:
                frame, (_, _, kind, *_) = self._socket.recvfrom(_MOST)
                translated = self._translated(frame[_ETHERNET.size :]) if kind != socket.PACKET_OUTGOING else b""
                if translated:
                    self._socket.send(translated)
            except BlockingIOError:
                return
            except OSError:
                continue  # a packet that the link does not take is lost, as on any router

    def _translated(self, packet: bytes) -> bytes:
        """Return the frame that a packet becomes; empty if NAT64 does not translate it."""
        if packet[0] >> 4 == 6:
            source = self._clients.address_of(packet[8:24])
            kind, result = _IPV4, nat64_packets.to_ipv4(packet, source) if source is not None else b""
        else:
            client = self._clients.client_at(packet[16:20])
            kind, result = _IPV6, nat64_packets.to_ipv6(packet, client) if client is not None else b""
        return _ETHERNET.pack(_NEAR_MAC, _TRANSLATOR_MAC, kind) + result if result else b""

    def close(self) -> None:
        """End the thread and close the socket."""
        os.eventfd_write(self._stop, 1)
        self._thread.join()
        self._socket.close()
        os.close(self._stop)


class _Clients:
    """The IPv4 addresses that stand for IPv6 clients, given in the order of their first packets."""

    def __init__(self) -> None:
        self._addresses: dict[bytes, bytes] = {}
        self._by_address: dict[bytes, bytes] = {}

    def address_of(self, client: bytes) -> bytes | None:
        """Return a client's address; None if all addresses are given."""
        if client not in self._addresses:
            number = len(self._addresses) + 1
            if number >= _CLIENTS.num_addresses:
                return None
            address = IPv4Address(int(_CLIENTS.network_address) + number).packed
            self._addresses[client], self._by_address[address] = address, client
        return self._addresses[client]

    def client_at(self, address: bytes) -> bytes | None:
        """Return the client that an address stands for."""
        return self._by_address.get(address)


def _whole_packets(sock: socket.socket, link: str) -> None:
    """Make the kernel finish checksums, and cut what is longer than the link's MTU, before packets take a link."""
    setting = ctypes.create_string_buffer(struct.pack("=II", _SET_TX_CHECKSUMS, 0))
    fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("=16sQ16x", link.encode(), ctypes.addressof(setting)))
