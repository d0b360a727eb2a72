"""System calls that no namespace isolates: by them user code could still reach the host or another sandbox.

| denied | reason |
|---|---|
| sockets of families other than Unix, IPv4, IPv6 and netlink | a virtual machine's AF_VSOCK leads to its host from any network namespace |
| the calls on key rings | all sandboxes of a user share that user's key ring |
| io_uring | it opens sockets without the system call |
| calls by another architecture's numbers | their numbers mean other calls |

Each returns EPERM, so that programs use their fallback. The filter applies to the process and all its descendants.
Layouts and constants: seccomp(2), <linux/filter.h>, <linux/audit.h>.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
_X32 = 0x40000000  # numbers from here on belong to the x32 ABI; no other architecture has numbers this high


@dataclass(frozen=True, slots=True)
class _Calls:
    """An architecture's identifier in the kernel, its number of socket(2), and the denied numbers."""

    audit: int
    socket: int
    denied: tuple[int, ...]


_IO_URING = 425  # and the next two: the same on every architecture
_ARCHITECTURES = {
    "x86_64": _Calls(0xC000003E, 41, (248, 249, 250, _IO_URING)),  # add_key, request_key, keyctl
    "aarch64": _Calls(0xC00000B7, 198, (217, 218, 219, _IO_URING)),
}


def program() -> bytes:
    """Return the filter for this machine, in the kernel's format."""
    calls = _ARCHITECTURES[platform.machine()]
    return b"".join(_instructions(calls))


def _instructions(calls: _Calls) -> Iterator[bytes]:
    numbers, families = len(calls.denied), len(_FAMILIES)
    to_deny = numbers + families + 2  # the instructions after the check of the architecture's own numbers
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_IF_EQUAL, calls.audit, otherwise=to_deny + 2)
    yield _instruction(_LOAD, _NUMBER)
    yield _instruction(_IF_AT_LEAST, _X32, then=to_deny)
    for place, number in enumerate(calls.denied, start=1):
        yield _instruction(_IF_EQUAL, number, then=to_deny - place)
    yield _instruction(_IF_EQUAL, calls.socket, otherwise=families + 2)
    yield _instruction(_LOAD, _FIRST_ARGUMENT)
    for place, family in enumerate(_FAMILIES):
        yield _instruction(_IF_EQUAL, family, then=families - place)
    yield _instruction(_RETURN, _DENY)
    yield _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """Return one instruction; jumps are counted from the next one."""
    return struct.pack("=HBBI", code, then, otherwise, value)
