"""Free memory of the machine: environments start only if there is enough."""

from __future__ import annotations

from pathlib import Path

from netful.functions.invocations.invocation import InvokeRefused

KEPT_FREE_MB = 256
_MEMINFO = Path("/proc/meminfo")


def available_mb() -> int:
    """Return the memory that programs can still allocate, by the kernel's estimate."""
    text = _MEMINFO.read_text(encoding="ascii")
    return int(text.partition("MemAvailable:")[2].split(None, 1)[0]) // 1024


def no_room(function_name: str, left_mb: int) -> InvokeRefused:
    """Return the refusal of an invocation that would need another environment."""
    return InvokeRefused(
        500,
        "ServiceException",
        f"this machine has {left_mb} MB of memory left, and netful keeps {KEPT_FREE_MB} MB free: no further execution "
        f"environment of {function_name} is started; set its reserved concurrency, or free memory",
    )
