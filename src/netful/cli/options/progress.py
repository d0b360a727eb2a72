"""Sign of life: a line on the terminal when a verb has worked for a second without printing anything.

A timer of the kernel, not a thread: a process with threads does not fork to use all processors.
"""

import _signal as signal  # type: ignore[import-not-found]  # built in; `signal` imports for 20 ms
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

_SECONDS = 1.0
_PATIENT = frozenset({
    "check", "diff", "doctor", "down", "export", "forecast", "invoke", "probe", "ps", "resilience", "show", "status", "test", "trace",
})  # fmt: skip
"""Verbs that print when they are done. The others print meanwhile, or pass a terminal on."""


@contextmanager
def sign_of_life(arguments: Sequence[str]) -> Iterator[None]:
    """Print a line if the block takes longer than a second; nothing without a terminal, and with `--quiet`."""
    if not sys.stderr.isatty() or {"--quiet", "-q"}.intersection(arguments) or not _PATIENT.intersection(arguments[:1]):
        yield
        return

    def say(_number: int, _frame: object) -> None:
        with suppress(RuntimeError):  # a warning is being printed: it is a sign of life, too
            print(f"netful {arguments[0]} is at work …", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGALRM, say)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
