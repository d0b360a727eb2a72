"""System calls for making sandboxes, beside those of `fabric.kernel.syscalls`.

Constants are those of <linux/mount.h>, <linux/capability.h> and <linux/prctl.h>. Every function raises OSError that
contains the call's name.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4

_AT_FDCWD, _AT_RECURSIVE, _AT_EMPTY_PATH = -100, 0x8000, 0x1000
_MOUNT_ATTR_IDMAP, _OPEN_TREE_CLONE, _MOVE_MOUNT_F_EMPTY_PATH = 0x100000, 0x1, 0x4
_SYS_OPEN_TREE, _SYS_MOVE_MOUNT = 428, 429
_MNT_DETACH = 0x2
_SYS_CLOSE_RANGE, _SYS_MOUNT_SETATTR = 436, 442  # the same numbers on every architecture
_LAST_DESCRIPTOR = 0xFFFFFFFF
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4
_FILTER_INSTRUCTION = 8  # bytes
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc_with_gil = ctypes.PyDLL(None, use_errno=True)


def _check(name: str, result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _syscall(name: str, number: int, *args: object) -> None:
    _check(name, _libc.syscall(ctypes.c_long(number), *args))


def fork_into(namespaces: int) -> int:
    """Fork like os.fork(), but the child is in new namespaces from its first instruction: pid 1 if one is for pids.

    unshare(2) can do that only once in a process's life. Only for a process with one thread, whose child forks again
    before it runs anything else: the C library does not notice this fork.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    number = ctypes.c_long(_SYS_CLONE[platform.machine()])
    pid: int = _libc_with_gil.syscall(number, ctypes.c_long(namespaces | signal.SIGCHLD), None, None, None, None)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        _check("clone", pid)
    return pid


def mount_setattr(path: str, attributes: int, *, recursive: bool = True) -> None:
    """Add attributes to a mount and those below it; unlike a remount it keeps the locked flags."""
    request = struct.pack("=QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    buffer = ctypes.create_string_buffer(request, len(request))
    size = ctypes.c_size_t(len(request))
    _syscall(f"mount_setattr {path}", _SYS_MOUNT_SETATTR, _AT_FDCWD, path.encode(), flags, buffer, size)


def bind_idmapped(source: str, target: str, user_namespace: int) -> None:
    """Bind a folder with other owners: an id of the user namespace on the disk is the id that it is mapped to."""
    tree = _libc.syscall(ctypes.c_long(_SYS_OPEN_TREE), _AT_FDCWD, source.encode(), ctypes.c_uint(_OPEN_TREE_CLONE))
    _check(f"open_tree {source}", tree)
    request = struct.pack("=QQQQ", _MOUNT_ATTR_IDMAP | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, user_namespace)
    buffer, size = ctypes.create_string_buffer(request, len(request)), ctypes.c_size_t(len(request))
    _syscall(f"mount_setattr {source}", _SYS_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH, buffer, size)
    moved = ctypes.c_uint(_MOVE_MOUNT_F_EMPTY_PATH)
    _syscall(f"move_mount {target}", _SYS_MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), moved)
    os.close(tree)


def close_descriptors(first: int, last: int = _LAST_DESCRIPTOR) -> None:
    """Close every descriptor from `first` to `last`; os.closerange tries each one where Python was built for old systems."""
    _syscall("close_range", _SYS_CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(last), 0)


def detach(path: str) -> None:
    """Remove a mount and all mounts below it from the tree."""
    _check(f"umount {path}", _libc.umount2(path.encode(), _MNT_DETACH))


def drop_bounding_set(kept: frozenset[int] = frozenset()) -> None:
    """Drop every capability but these for all programs that are executed from here."""
    capability = 0
    while capability in kept or _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1


def clear_capabilities() -> None:
    """Drop every capability of this thread."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), 8)
    nothing = ctypes.create_string_buffer(24)
    _check("capset", _libc.capset(header, nothing))


def no_new_privileges() -> None:
    """Prevent programs that are executed from here from gaining a privilege (set-uid bits, file capabilities)."""
    _check("no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def filter_calls(program: bytes) -> None:
    """Filter every further system call, without the slower execution that older kernels would add."""
    instructions = ctypes.create_string_buffer(program, len(program))
    length = len(program) // _FILTER_INSTRUCTION
    request = ctypes.create_string_buffer(struct.pack("@HP", length, ctypes.addressof(instructions)))
    number, flags = _SYS_SECCOMP[platform.machine()], _SECCOMP_FILTER_FLAG_SPEC_ALLOW
    _syscall("seccomp", number, ctypes.c_uint(_SECCOMP_SET_MODE_FILTER), ctypes.c_uint(flags), request)


def return_memory() -> None:
    """Return the pages to the kernel in which the C library has nothing any more, where it can do that."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)


def set_dumpable(value: bool) -> None:  # noqa: FBT001  # the call's only argument
    """Allow or forbid processes of the same user, itself included, to read its /proc files and trace it.

    A change of user forbids it.
    """
    _check("dumpable", _libc.prctl(_PR_SET_DUMPABLE, int(value), 0, 0, 0))
