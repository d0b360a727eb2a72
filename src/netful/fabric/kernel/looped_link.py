"""A link of a namespace to itself: a thread of this process handles the packets that the namespace's routes lead there.

It does what nftables cannot: rewrite a packet's protocol, or read a request. The kernel finishes checksums and cuts long segments
before packets take the link. Made and closed on the namespace thread.
"""

import ctypes
import fcntl
import os
import select
import socket
import struct
import threading
from abc import ABC, abstractmethod
from contextlib import suppress

from netful.fabric.kernel.node import GATEWAY, GATEWAY6, Node

LINK = 20
"""The number of the link on which packets leave, and on which those that the thread sends come back."""

IPV4, IPV6 = 0x0800, 0x86DD
_FAR = LINK + 1
_NEAR_MAC, _FAR_MAC, _READER_MAC = (bytes([2, 0x4E, 0x64, 0, 0, number]) for number in (1, 2, 3))
# Packets are for the reader's MAC address, which no link has: at the far end the kernel leaves them to the socket.
_ETHERNET = struct.Struct("!6s6sH")
_EVERY_TYPE = 0x0003
_MTU, _MOST = 1600, 65_600  # translated to IPv6, a header is 20 bytes longer
_SIOCETHTOOL, _SET_TX_CHECKSUMS = 0x8946, 0x17


class LoopedLink(ABC):
    """Base of what handles the packets of such a link, one by one, on a thread of its own."""

    def __init__(self, node: Node, name: str) -> None:
        netns, rtnetlink, far = node.netns, node.rtnetlink, f"{name}far"
        rtnetlink.veth(
            name, LINK, mac=_NEAR_MAC, peer=netns, peer_index=_FAR, peer_mac=_FAR_MAC, peer_name=far, mtu=_MTU, bursts=False
        )  # fmt: skip
        rtnetlink.up(_FAR)
        rtnetlink.neighbour(GATEWAY, _READER_MAC, LINK)
        if node.ipv6:
            rtnetlink.neighbour(GATEWAY6, _READER_MAC, LINK)
        rtnetlink.flush()
        self._netns, self._far = netns, far
        self._socket = netns.socket(socket.SOCK_RAW, socket.AF_PACKET, socket.htons(_EVERY_TYPE))
        _whole_packets(self._socket, name)
        self._socket.bind((far, _EVERY_TYPE))
        rtnetlink.settle(LINK)
        rtnetlink.flush()
        self._senders: dict[int, socket.socket] = {0: self._socket}
        self._stop = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def handle(self, packet: bytes) -> None:
        """Handle a packet that left on the link."""

    def marks(self, *marks: int) -> None:
        """Prepare for packets that come back with these marks."""
        for mark in marks:
            sender = self._netns.socket(socket.SOCK_RAW, socket.AF_PACKET, 0)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            sender.bind((self._far, 0))
            self._senders[mark] = sender

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def send(self, packet: bytes, mark: int = 0) -> None:
        """Let a packet come back on the link. One that the link does not take is lost, as on any router."""
        kind = IPV6 if packet[0] >> 4 == 6 else IPV4
        with suppress(OSError):
            self._senders[mark].send(_ETHERNET.pack(_NEAR_MAC, _READER_MAC, kind) + packet)

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._stop, select.POLLIN)
        poll.register(self._socket, select.POLLIN)
        while all(fd != self._stop for fd, _ in poll.poll()):
            self._drain()

    def _drain(self) -> None:
        while True:
            try:
                frame, (_, _, kind, *_) = self._socket.recvfrom(_MOST)
            except BlockingIOError:
                return
            except OSError:
                continue
            if kind != socket.PACKET_OUTGOING and len(frame) > _ETHERNET.size:
                self.handle(frame[_ETHERNET.size :])

    def close(self) -> None:
        """End the thread and close the sockets."""
        os.eventfd_write(self._stop, 1)
        self._thread.join()
        for sender in self._senders.values():
            sender.close()
        os.close(self._stop)


def _whole_packets(sock: socket.socket, link: str) -> None:
    """Make the kernel finish checksums, and cut what is longer than the link's MTU, before packets take a link."""
    setting = ctypes.create_string_buffer(struct.pack("=II", _SET_TX_CHECKSUMS, 0))
    fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("=16sQ16x", link.encode(), ctypes.addressof(setting)))
