"""Clock of the gateway: time of day for what it writes, monotonic time for what it counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """`wall` in seconds since the epoch, `monotonic` in seconds since any time."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
