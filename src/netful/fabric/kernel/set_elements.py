"""Elements of nftables sets with their counters, read by netlink: no program runs, and any thread may read.

Message layouts: <linux/netfilter/nf_tables.h>. A dump is a list of messages that ends with NLMSG_DONE.
"""

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterator

from netful.fabric.kernel.netns import Netns
from netful.model.core import Frozen

_NETLINK_NETFILTER = 12
_NLM_F_REQUEST, _NLM_F_DUMP = 0x1, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_GET_SET_ELEMENTS = 10 << 8 | 13  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETSETELEM
_NFPROTO_INET = 1
_TABLE, _SET, _ELEMENTS = 1, 2, 3
_KEY, _TIMEOUT, _EXPIRATION, _EXPRESSION = 1, 4, 5, 7
_VALUE, _EXPRESSION_DATA = 1, 2
_BYTES, _PACKETS = 1, 2
_HEADER = struct.Struct("=IHHII")
_FAMILY = struct.Struct("=BBH")
_KIND = 0x3FFF  # without the flags "nested" and "network byte order"
_ANSWER = 1 << 18
_SIOCGIFINDEX = 0x8933
_LINK_NUMBER = struct.Struct("=16xi")


class Element(Frozen):
    """An element of a set: its key, its counter, and the seconds that it has left without another packet."""

    key: bytes
    packets: int
    bytes: int
    left: float


class SetElements:
    """A socket that reads the sets of one namespace. Made on the namespace thread; one thread at a time reads."""

    def __init__(self, netns: Netns) -> None:
        self._socket = netns.socket(socket.SOCK_RAW, socket.AF_NETLINK, _NETLINK_NETFILTER)
        self._socket.setblocking(True)  # noqa: FBT003  # the kernel answers at once
        self._socket.bind((0, 0))

    def read(self, table: str, name: str) -> Iterator[Element]:
        """Yield the elements of a set of a table of the family `inet`. Raise OSError if there is no such set."""
        body = _FAMILY.pack(_NFPROTO_INET, 0, 0) + _text(_TABLE, table) + _text(_SET, name)
        flags = _NLM_F_REQUEST | _NLM_F_DUMP
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), _GET_SET_ELEMENTS, flags, 1, 0) + body)
        while True:
            data, at = self._socket.recv(_ANSWER), 0
            while at < len(data):
                length, kind, _, _, _ = _HEADER.unpack_from(data, at)
                if kind == _NLMSG_DONE:
                    return
                if kind == _NLMSG_ERROR:
                    error = -struct.unpack_from("=i", data, at + _HEADER.size)[0]
                    raise OSError(error, f"set {name}: {os.strerror(error)}")
                message = data[at + _HEADER.size + _FAMILY.size : at + length]
                for elements in (value for key, value in _attributes(message) if key == _ELEMENTS):
                    yield from (_element(dict(_attributes(one))) for _, one in _attributes(elements))
                at += (length + 3) & ~3

    def link_number(self, name: str) -> int | None:
        """Return the number of a link of the namespace; None if there is no such link."""
        asked = struct.pack("16s16x", name.encode())
        try:
            return int(_LINK_NUMBER.unpack_from(fcntl.ioctl(self._socket, _SIOCGIFINDEX, asked))[0])
        except OSError as error:
            if error.errno != errno.ENODEV:
                raise
            return None

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _element(found: dict[int, bytes]) -> Element:
    key = dict(_attributes(found[_KEY]))[_VALUE]
    counter = dict(_attributes(dict(_attributes(found[_EXPRESSION]))[_EXPRESSION_DATA])) if _EXPRESSION in found else {}
    packets, size, left = (_number(one) for one in (counter.get(_PACKETS), counter.get(_BYTES), found.get(_EXPIRATION)))
    return Element(key, packets, size, left / 1000)


def _number(value: bytes | None) -> int:
    return int.from_bytes(value, "big") if value is not None else 0


def _text(kind: int, value: str) -> bytes:
    content = value.encode() + b"\0"
    return struct.pack("=HH", 4 + len(content), kind) + content + b"\0" * (-len(content) % 4)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        yield kind & _KIND, data[at + 4 : at + length]
        at += (length + 3) & ~3
