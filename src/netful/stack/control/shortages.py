"""Exhausted resources of the machine, or limits of the user, as errors with a hint how to get more."""

import errno
import os

from netful.model.core import StackError
from netful.stack.control.folder import root

_ROOM = "no room is left for the state in `{root}`", "set NETFUL_STATE to a folder with room"
_MEMORY = "there is not enough memory", "end other programs, or raise the limit (`ulimit -v`)"
_SHORT = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: ("a file may not become as large as it must", "ulimit -f unlimited"),
    errno.EMFILE: ("a process may not hold as many files and sockets as the stack needs", "ulimit -n 4096, or more"),
    errno.ENFILE: ("the machine has no more files and sockets", "end other programs, or raise `fs.file-max`"),
    errno.ENOMEM: _MEMORY,
    errno.EAGAIN: ("no more processes and threads may be started", "end other programs, or raise the limit (`ulimit -u`)"),
}  # fmt: skip


def shortage(fault: BaseException) -> StackError | None:
    """Return the message for a fault that is a shortage; None for other faults."""
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC and (fault.strerror or "").startswith("unshare"):
        hint = "raise `user.max_net_namespaces` and its like, or end other stacks; `netful up --rights` tries it"
        return StackError("this machine makes no more namespaces", why=str(fault), hint=hint)
    number = _number(fault)
    if number not in _SHORT:
        return None
    what, hint = _SHORT[number]
    why = os.strerror(fault.errno).lower() if isinstance(fault, OSError) and fault.errno else str(fault)
    return StackError(what.format(root=root()), why=why, hint=hint)


def _number(fault: BaseException) -> int | None:
    if isinstance(fault, OSError):
        return fault.errno
    if isinstance(fault, MemoryError):
        return errno.ENOMEM
    return errno.EAGAIN if isinstance(fault, RuntimeError) and "start new thread" in str(fault) else None
