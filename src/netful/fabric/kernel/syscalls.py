"""System calls that Python 3.11 lacks: namespaces, mounts, parent-death signals.

Every function raises OSError that contains the call's name. Constants are those of <linux/sched.h>, <linux/mount.h>
and <linux/prctl.h>.
"""

import ctypes
import os
import signal
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *args: object) -> int:
    result: int = getattr(_libc, name)(*args)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def setns(fd: int, kind: int) -> None:
    """Move the calling thread into the namespace that `fd` refers to."""
    _call("setns", fd, kind)


def unshare(flags: int) -> None:
    """Give the calling thread new namespaces of the kinds in `flags`."""
    _call("unshare", flags)


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    """Attach a file system to the tree, or change an attached one."""
    texts = [text.encode() if text is not None else None for text in (source, target, kind, data)]
    _call("mount", texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and move the old root to `old`, a folder below it."""
    _call("pivot_root", new.encode(), old.encode())


def die_with_parent(parent: int) -> None:
    """Have this process killed when the thread that started it ends. Exit at once if `parent` has ended already.

    Call it last before exec: a change of credentials clears it (fabric §3).
    """
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def die_with_parent_across_namespaces(parent: int) -> None:
    """`die_with_parent` for the first process of a pid namespace, which sees no parent (pid 0) while it has one."""
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() not in {0, parent}:
        os._exit(1)


_SYS_OPENAT2 = 437  # the same number on every architecture
_RESOLVE_NO_MAGICLINKS, _RESOLVE_IN_ROOT = 0x02, 0x10


def open_below(root: int, path: str, flags: int) -> int:
    """Open a path as if the folder `root` were the root: no link and no `..` leads out of it."""
    how = struct.pack("=QQQ", flags | os.O_CLOEXEC, 0, _RESOLVE_NO_MAGICLINKS | _RESOLVE_IN_ROOT)
    request = ctypes.create_string_buffer(how, len(how))
    size = ctypes.c_size_t(len(how))
    return _call("syscall", ctypes.c_long(_SYS_OPENAT2), root, os.fsencode(path), request, size)
