"""System calls that no namespace isolates: by them user code could still reach the host or another sandbox.

| denied | reason |
|---|---|
| sockets of families other than Unix, IPv4, IPv6 and netlink | a virtual machine's AF_VSOCK leads to its host from any network namespace |
| the calls on key rings | all sandboxes of a user share that user's key ring |
| io_uring | it opens sockets without the system call |
| `CLONE_NEWUSER` in clone and unshare | a nested user namespace has capabilities over namespaces of its own |
| clone3 | its flags are in memory, which a filter cannot read; ENOSYS makes C libraries call clone |
| calls by another architecture's numbers | their numbers mean other calls |

Each but clone3 returns EPERM, so that programs use their fallback. The filter applies to the process and all its descendants.
Layouts and constants: seccomp(2), <linux/filter.h>, <linux/audit.h>.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian
_ALLOW, _DENY, _MISSING = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_X32 = 0x40000000  # numbers from here on belong to the x32 ABI; no other architecture has numbers this high


_CLONE_NEWUSER = 0x10000000


@dataclass(frozen=True, slots=True)
class _Calls:
    """An architecture's identifier in the kernel, and numbers of system calls; `with_flags` have flags for namespaces first."""

    audit: int
    socket: int
    denied: tuple[int, ...]
    with_flags: tuple[int, ...]


_IO_URING, _CLONE3 = 425, 435  # the same on every architecture; the next two are io_uring's too
_ARCHITECTURES = {
    # denied: add_key, request_key, keyctl; with flags: clone, unshare. setns has its flags in the second argument, and joins
    # only namespaces that exist.
    "x86_64": _Calls(0xC000003E, 41, (248, 249, 250, _IO_URING), (56, 272)),
    "aarch64": _Calls(0xC00000B7, 198, (217, 218, 219, _IO_URING), (220, 97)),
}


class _Row(NamedTuple):
    """An instruction: the labels are those of rows below it, or "" for the next one."""

    code: int
    value: int
    then: str = ""
    otherwise: str = ""
    label: str = ""


def program() -> bytes:
    """Return the filter for this machine, in the kernel's format."""
    rows = [*_rows(_ARCHITECTURES[platform.machine()])]
    places = {row.label: place for place, row in enumerate(rows) if row.label}
    return b"".join(_instruction(row, place, places) for place, row in enumerate(rows))


def _rows(calls: _Calls) -> Iterator[_Row]:
    yield _Row(_LOAD, _ARCHITECTURE)
    yield _Row(_IF_EQUAL, calls.audit, otherwise="deny")
    yield _Row(_LOAD, _NUMBER)
    yield _Row(_IF_AT_LEAST, _X32, "deny")
    yield _Row(_IF_EQUAL, _CLONE3, "missing")
    for number in calls.denied:
        yield _Row(_IF_EQUAL, number, "deny")
    for number in calls.with_flags:
        yield _Row(_IF_EQUAL, number, "flags")
    yield _Row(_IF_EQUAL, calls.socket, otherwise="allow")
    yield _Row(_LOAD, _FIRST_ARGUMENT)
    for family in _FAMILIES:
        yield _Row(_IF_EQUAL, family, "allow")
    yield _Row(_RETURN, _DENY)
    yield _Row(_LOAD, _FIRST_ARGUMENT, label="flags")
    yield _Row(_IF_ANY_BIT, _CLONE_NEWUSER, "deny", "allow")
    yield _Row(_RETURN, _DENY, label="deny")
    yield _Row(_RETURN, _MISSING, label="missing")
    yield _Row(_RETURN, _ALLOW, label="allow")


def _instruction(row: _Row, place: int, places: dict[str, int]) -> bytes:
    """Return one instruction; jumps are counted from the next one."""
    then, otherwise = (places[label] - place - 1 if label else 0 for label in (row.then, row.otherwise))
    return struct.pack("=HBBI", row.code, then, otherwise, row.value)
