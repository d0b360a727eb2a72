"""Free memory of the machine: environments start only if there is enough."""

import errno
from pathlib import Path

from netful.functions.invocations.invocation import InvokeRefused

KEPT_FREE_MB = 256
SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC})
"""Errors of system calls that a machine without free descriptors, processes, memory or namespaces makes."""

_MEMINFO = Path("/proc/meminfo")


def available_mb() -> int:
    """Return the memory that programs can still allocate, by the kernel's estimate."""
    text = _MEMINFO.read_text(encoding="ascii")
    return int(text.partition("MemAvailable:")[2].split(None, 1)[0]) // 1024


def exhausted(function_name: str, shortage: OSError) -> InvokeRefused:
    """Return the refusal of an invocation whose environment could not be made, because descriptors or processes ran out."""
    return InvokeRefused(
        500,
        "ServiceException",
        f"this machine has no room for an execution environment of {function_name}: {shortage.strerror or shortage}; set its "
        "reserved concurrency, or raise the limit of files or processes (`ulimit -n`, `ulimit -u`)",
    )


def no_room(function_name: str, left_mb: int) -> InvokeRefused:
    """Return the refusal of an invocation that would need another environment."""
    return InvokeRefused(
        500,
        "ServiceException",
        f"this machine has {left_mb} MB of memory left, and netful keeps {KEPT_FREE_MB} MB free: no further execution "
        f"environment of {function_name} is started; set its reserved concurrency, or free memory",
    )
