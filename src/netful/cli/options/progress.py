"""Sign of life: a line on the terminal when a verb has worked for a second without printing anything."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_SECONDS = 1.0
_PATIENT = frozenset({
    "check", "diff", "doctor", "down", "export", "forecast", "probe", "ps", "resilience", "show", "status", "test", "trace",
})  # fmt: skip
"""Verbs that print when they are done. The others print meanwhile, or pass a terminal on."""


@contextmanager
def sign_of_life(arguments: Sequence[str]) -> Iterator[None]:
    """Print a line if the block takes longer than a second; nothing without a terminal, and with `--quiet`."""
    if not sys.stderr.isatty() or "--quiet" in arguments or not _PATIENT.intersection(arguments[:1]):
        yield
        return
    timer = threading.Timer(_SECONDS, lambda: print(f"netful {arguments[0]} is at work …", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
