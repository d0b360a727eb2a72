"""Memory that is free in this process, given back to the machine.

The C library gives back only the free end of its heap by itself. One small block that lives on, above all that a flood of
connections took, keeps it.
"""

from __future__ import annotations

import ctypes

_C = ctypes.CDLL(None)


def give_back() -> None:
    """Give it back; what there is none of in other C libraries than GNU's."""
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)
