"""What an attacker with every right inside one namespace can put on its link: Ethernet frames made by hand."""

import socket
import struct
from ipaddress import IPv4Address

from netful.fabric.kernel.node import ROUTER_MAC
from tests.helpers.processes import ENOUGH_SECONDS

BROADCAST = b"\xff" * 6
ETH_IPV4, ETH_ARP, ETH_VLAN, ETH_IPV6, ETH_ALL, ETH_EXPERIMENT = 0x0800, 0x0806, 0x8100, 0x86DD, 0x0003, 0x88B5
PORT = 5000
OUTGOING = 4  # PACKET_OUTGOING: seen by a packet socket, but its own side's

EVIL, HONEST = b"evil" * 8, b"honest" * 8


class Wire:
    """A packet socket on the `eth0` of a position: sends any frame, sees every frame, also those for others."""

    def __init__(self, thread, position):
        def open_socket():
            with position.netns.inside():
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ALL))
                sock.bind(("eth0", ETH_ALL))
                membership = struct.pack("iHH8s", socket.if_nametoindex("eth0"), 1, 0, b"")  # PACKET_MR_PROMISC
                sock.setsockopt(263, 1, membership)  # SOL_PACKET, PACKET_ADD_MEMBERSHIP
                return sock

        self.address = position.address
        self._socket = thread.run(open_socket)
        self._socket.settimeout(ENOUGH_SECONDS)
        self.mac = self._socket.getsockname()[4]

    def send(self, *frames):
        for frame in frames:
            self._socket.send(frame)

    def received_until(self, last):
        """The frames that came in, to the first one that has `last` in it."""
        frames = []
        while True:
            frame, (_, _, kind, *_) = self._socket.recvfrom(2000)
            if kind != OUTGOING:
                frames.append(frame)
                if last in frame:
                    return frames

    def pending(self):
        """The frames that have come in and were not looked at."""
        self._socket.setblocking(False)
        frames = []
        while True:
            try:
                frame, (_, _, kind, *_) = self._socket.recvfrom(2000)
            except BlockingIOError:
                return frames
            if kind != OUTGOING:
                frames.append(frame)

    def datagram(self, to, payload, **changes):
        """A UDP datagram as this interface would send it, with changes."""
        return ethernet(changes.pop("mac", self.mac), changes.pop("to_mac", ROUTER_MAC), ETH_IPV4) + ipv4(
            changes.pop("source", self.address), to, udp(payload), **changes
        )

    def close(self):
        self._socket.close()


def ethernet(source, destination, kind):
    return destination + source + struct.pack(">H", kind)


def udp(payload):
    return struct.pack(">HHHH", PORT, PORT, 8 + len(payload), 0) + payload  # no checksum: allowed in IPv4


def ipv4(source, destination, body, protocol=socket.IPPROTO_UDP):
    addresses = IPv4Address(source).packed + IPv4Address(destination).packed
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0) + addresses
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + head[12:] + body


def arp_claim(mac, address, asked_by):
    """An answer that nobody asked for: `address` is at `mac`."""
    body = struct.pack(">HHBBH", 1, ETH_IPV4, 6, 4, 2) + mac + IPv4Address(address).packed
    return ethernet(mac, BROADCAST, ETH_ARP) + body + BROADCAST + IPv4Address(asked_by).packed + EVIL


def router_advertisement(mac):
    """IPv6 to all nodes, from a router that is none."""
    head = struct.pack(">IHBB", 6 << 28, len(EVIL), 59, 255) + b"\xfe\x80" + bytes(13) + b"\x01"
    return ethernet(mac, b"\x33\x33\x00\x00\x00\x01", ETH_IPV6) + head + b"\xff\x02" + bytes(13) + b"\x01" + EVIL
