"""What the machine has left: environments are started only while there is memory for them."""

from __future__ import annotations

from pathlib import Path

from netful.functions.invocations.invocation import InvokeRefused

KEPT_FREE_MB = 256
_MEMINFO = Path("/proc/meminfo")


def available_mb() -> int:
    """The memory that programs can still have; the kernel's own estimate."""
    text = _MEMINFO.read_text(encoding="ascii")
    return int(text.partition("MemAvailable:")[2].split(None, 1)[0]) // 1024


def no_room(function_name: str, left_mb: int) -> InvokeRefused:
    """The refusal of an invocation that would need another environment."""
    return InvokeRefused(
        500,
        "ServiceException",
        f"this machine has {left_mb} MB of memory left, and netful keeps {KEPT_FREE_MB} MB free: no further execution "
        f"environment of {function_name} is started; set its reserved concurrency, or free memory",
    )
