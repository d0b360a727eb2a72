"""A moment in which moto acts: its time and its chance are given, so that the same call at the same moment does the same.

What moto makes up (ids, receipts, keys) comes from three sources: its own random numbers, Python's, and the system's. Its
time comes from `time.time` and from its own `utcnow`. Not held: `datetime.now`, which few services use, what a thread of
a service does later, and the keys that OpenSSL makes.
Runs in the back end's process only, which has one thread of its own.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from moto.core import utils
from moto.moto_api._internal import mock_random

_SEED_BYTES = 8
_TICK = 1e-6  # a look at the clock takes some time: what waits for a deadline comes to its end

_system_time = time.time
_system_random = os.urandom


class Moment(msgspec.Struct, array_like=True, frozen=True):
    """A time, in seconds since 1970, and what chance begins with."""

    time: float
    seed: int

    @classmethod
    def now(cls) -> Moment:
        """The present, and a chance that was not before."""
        return cls(_system_time(), int.from_bytes(_system_random(_SEED_BYTES), "big"))


@contextmanager
def at(moment: Moment) -> Iterator[None]:
    """Have moto act in a moment."""
    mock_random.seed(moment.seed)
    random.seed(moment.seed)
    clock = moment.time

    def tell() -> float:
        nonlocal clock
        clock += _TICK
        return clock

    time.time, os.urandom = tell, random.Random(moment.seed).randbytes  # noqa: S311  # chance that comes again is the point
    try:
        yield
    finally:
        time.time, os.urandom = _system_time, _system_random


def hold_clock() -> None:
    """Have moto's own clock follow `time.time`. Its modules have imported it by name, so its code is what changes."""
    ours: Any = _utcnow
    utils.netful_utcnow = ours  # type: ignore[attr-defined]
    utils.utcnow.__code__ = (lambda: netful_utcnow()).__code__  # type: ignore[name-defined]  # noqa: F821, PLW0108


def _utcnow() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
