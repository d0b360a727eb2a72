"""The question whether a project's commands may run, on a terminal, and its answer by `--yes`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from netful.model.core.errors import ConsentError
from netful.stack import consent

T = TypeVar("T")


def with_consent(start: Callable[[], T], *, yes: bool) -> T:
    """Return the result of `start`, asking the user for each consent that it needs. Raises ConsentError without one."""
    asked: set[str] = set()
    while True:
        try:
            return start()
        except ConsentError as wanted:
            if wanted.digest in asked or not (yes or _agrees(wanted)):
                raise
            asked.add(wanted.digest)
            consent.agree(wanted.digest)


def _agrees(wanted: ConsentError) -> bool:
    """Ask on the terminal; return False without one."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{wanted.what}:\n  {wanted.why}\nagree, for this folder and these commands? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
