"""Clock of the gateway: time of day for texts, monotonic time for counts."""

import time
from collections.abc import Callable

from netful.model.core import Frozen


class Clock(Frozen):
    """Two clocks: `wall` in seconds since the epoch, `monotonic` in seconds since an arbitrary time."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
