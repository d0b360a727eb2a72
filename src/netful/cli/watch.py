"""Watch of the sources of a running stack, for `netful up --watch`: each edit is applied, and what it changed is printed.

A source that cannot be applied leaves the stack as it was; the error is printed, and the next edit is tried.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from netful.model.core import NetfulError, StackError
from netful.render.errors import error_text
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client
from netful.stack.control.folder import StackFolder

_LOOK_SECONDS = 0.25

Stamp = dict[str, tuple[int, ...]]


def follow(name: str, apply: Callable[[], Any], known: Stamp) -> None:
    """Call `apply` after each edit of a stack's sources, until the stack ends. `known` is what has been applied."""
    while StackFolder(name).owned():
        time.sleep(_LOOK_SECONDS)  # no notice of changes works on every file system
        now = _stamp(known)
        if now == known:
            continue
        time.sleep(_LOOK_SECONDS)
        if _stamp(known) != now:  # the edit goes on
            continue
        files = [visible(os.path.relpath(file)) for file in now if now[file] != known[file]]
        print(spoken(f"edited: {', '.join(files)}"), flush=True)
        try:
            apply()
        except NetfulError as error:
            print(f"{spoken('error')}: {error_text(error)}\n{spoken(f'{name} runs on as it was')}", file=sys.stderr)
        known = {**sources(name), **now}


def sources(name: str) -> Stamp:
    """Return the files that a stack was read from, with what changes when one is edited; none of a stack that ended."""
    try:
        with Client(name) as client:
            return _stamp(client.call("sources"))
    except StackError:
        return {}


def _stamp(files: Iterable[str]) -> Stamp:
    return {file: _version(Path(file)) for file in files}


def _version(file: Path) -> tuple[int, ...]:
    """Return a version of a file; of a folder, which folder it is: functions see edits in it without this."""
    try:
        status = file.stat()
    except OSError:
        return ()
    return (status.st_ino,) if file.is_dir() else (status.st_ino, status.st_mtime_ns, status.st_size)
