"""A file that is written as a whole or not at all, also where the process is killed meanwhile or the disk is full."""

import os
import threading
from pathlib import Path

_ONE_AT_A_TIME = threading.Lock()
"""Two threads may write the same file; a killed process leaves one beginning of it at most."""


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that only this user reads, and the folders above it. Raises OSError; the file is then as before."""
    fresh = file.with_name(f"{file.name}.new")
    with _ONE_AT_A_TIME:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)  # it may be a link, which would be followed
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as opened:
            opened.write(content)
        fresh.replace(file)
