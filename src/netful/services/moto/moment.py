"""Moment in which moto acts: with a given time and random seed, the same call has the same result.

moto's generated values (ids, receipts, keys) come from three sources: its own random numbers, Python's, and the system's.
Its time comes from `time.time` and from its own `utcnow`. Three things are not controlled: `datetime.now`, which few
services use; later work of a service's thread; and the keys that OpenSSL makes.
Runs only in the back end's process, in the thread that answers; executions of state machines have threads with the present time.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import get_ident
from typing import Any

import msgspec
from moto.core import utils
from moto.moto_api._internal import mock_random

_SEED_BYTES = 8
_TICK = 1e-6  # each reading of the clock advances it, so that a wait for a deadline ends

_system_time = time.time
_system_random = os.urandom


class Moment(msgspec.Struct, array_like=True, frozen=True):
    """A time, in seconds since 1970, and a random seed."""

    time: float
    seed: int

    @classmethod
    def now(cls) -> Moment:
        """Return the present time with a new seed."""
        return cls(_system_time(), int.from_bytes(_system_random(_SEED_BYTES), "big"))


@contextmanager
def at(moment: Moment) -> Iterator[None]:
    """Let moto act in a moment."""
    mock_random.seed(moment.seed)
    random.seed(moment.seed)
    clock, own, bytes_of = moment.time, get_ident(), random.Random(moment.seed).randbytes  # noqa: S311  # it must be reproducible

    def now() -> float:
        nonlocal clock
        if get_ident() != own:
            return _system_time()
        clock += _TICK
        return clock

    def urandom(size: int) -> bytes:
        return (bytes_of if get_ident() == own else _system_random)(size)

    time.time, os.urandom = now, urandom
    try:
        yield
    finally:
        time.time, os.urandom = _system_time, _system_random


def hold_clock() -> None:
    """Make moto's `utcnow` follow `time.time`. Its modules have imported the function by name, so its code is replaced."""
    ours: Any = _utcnow
    utils.netful_utcnow = ours  # type: ignore[attr-defined]
    utils.utcnow.__code__ = (lambda: netful_utcnow()).__code__  # type: ignore[name-defined]  # noqa: F821, PLW0108


def _utcnow() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
