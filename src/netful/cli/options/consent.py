"""The question whether a project's commands may run, on a terminal."""

import sys

from netful.model.core import ConsentError


def agrees(wanted: ConsentError) -> bool:
    """Ask on the terminal; return False without one."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{wanted.what}:\n  {wanted.why}\nagree, for this folder and these commands? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
