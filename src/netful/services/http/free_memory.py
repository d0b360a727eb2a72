"""Return of this process's free memory to the machine.

The C library itself returns only the free end of its heap. One small block that stays in use prevents that, mostly after
a flood of connections.
"""

import ctypes

_C = ctypes.CDLL(None)


def give_back() -> None:
    """Return the free memory, if the C library is GNU's; other ones have no function for it."""
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)
