"""Memory that the sockets of a network namespace hold, by sock_diag(7).

The kernel keeps what was sent and is not read yet: it is in no process's size. Structures and numbers are those of <linux/sock_diag.h>,
<linux/inet_diag.h> and <linux/unix_diag.h>.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from netful.fabric.kernel.syscalls import CLONE_NEWNET, setns

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_REQUEST_DUMP = 0x301
_ERROR, _DONE = 2, 3
_HEADER, _ATTRIBUTE, _MEMORY = struct.Struct("=IHHII"), struct.Struct("=HH"), struct.Struct("=9I")
_ANY_STATE = 0xFFFFFFFF
_ANSWER = 1 << 16


class _Kind(NamedTuple):
    """A question for sockets of one family and protocol, and where its answer has their memory."""

    question: bytes
    head: int  # bytes of the message before its attributes
    attribute: int


def _of_internet(family: int, protocol: int) -> _Kind:
    skmeminfo = 7
    return _Kind(struct.pack("=BBBxI48x", family, protocol, 1 << (skmeminfo - 1), _ANY_STATE), 72, skmeminfo)


_KINDS = (
    _Kind(struct.pack("=BxxxIIIII", socket.AF_UNIX, _ANY_STATE, 0, 0x20, 0, 0), 16, 5),
    *(
        _of_internet(family, protocol)
        for family in (socket.AF_INET, socket.AF_INET6)
        for protocol in (socket.IPPROTO_TCP, socket.IPPROTO_UDP)
    ),
)


def socket_memory_kb(pid: int) -> int:
    """Return the kilobytes that sockets in the network namespace of a process hold; 0 if it has ended or the kernel does not tell.

    The calling thread enters that namespace and stays there.
    """
    with suppress(OSError):
        namespace = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            setns(namespace, CLONE_NEWNET)
        finally:
            os.close(namespace)
        return sum(map(_held, _KINDS)) // 1024
    return 0


def _held(kind: _Kind) -> int:
    """Return the bytes that sockets of a kind hold."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG) as asked:
        asked.send(
            _HEADER.pack(_HEADER.size + len(kind.question), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 0, 0) + kind.question
        )
        return sum(_memory(message, kind) for message in _messages(asked))


def _messages(asked: socket.socket) -> Iterator[bytes]:
    while True:
        data, at = asked.recv(_ANSWER), 0
        while at < len(data):
            length, kind, *_ = _HEADER.unpack_from(data, at)
            if kind in {_DONE, _ERROR}:
                return
            yield data[at + _HEADER.size : at + length]
            at += _aligned(length)


def _memory(message: bytes, kind: _Kind) -> int:
    """Return the bytes of one socket: received, sent, reserved and the rest of its buffers."""
    at = kind.head
    while at < len(message):
        length, attribute = _ATTRIBUTE.unpack_from(message, at)
        if attribute == kind.attribute:
            numbers: tuple[int, ...] = _MEMORY.unpack_from(message, at + _ATTRIBUTE.size)
            received, _, sent, _, reserved, queued, *_ = numbers
            return received + sent + max(reserved, queued)
        at += _aligned(length)
    return 0


def _aligned(length: int) -> int:
    return (length + 3) & ~3
