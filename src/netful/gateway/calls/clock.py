"""Clock of the gateway: time of day for texts, monotonic time for counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks: `wall` in seconds since the epoch, `monotonic` in seconds since an arbitrary time."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
