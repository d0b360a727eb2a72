"""Changes of a function's code and layers on disk, folders or files, so that an edit is visible at the next invocation.

A check costs a `stat` for each file. The pause after it is longer than the check itself, so checks take a small part of the time
whatever the number of files. A folder with very many files is checked at its top level only.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TypeAlias

_LONGEST_PAUSE_SECONDS = 0.2
_PAUSE = 100  # times as long as the check
_MOST_FILES = 2000

Stamp = tuple[tuple[str, int, int], ...]


class SourceWatch:
    """Watch of folders and files."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._deep = sum(1 for _ in zip(self._entries(_files), range(_MOST_FILES), strict=False)) < _MOST_FILES
        self._next = 0.0
        self._stamp = self._look()

    def changed(self, *, surely: bool = False) -> bool:
        """Return whether a file was added, removed or changed, or a folder replaced, since the last call; False while a path is gone.

        `surely`: look also if the last look was just before.
        """
        if (time.monotonic() < self._next and not surely) or not all(path.exists() for path in self._paths):
            return False
        before, self._stamp = self._stamp, self._look()
        return before != self._stamp

    def _look(self) -> Stamp:
        begun = time.monotonic()
        entries = self._entries(_files if self._deep else os.scandir)
        files = sorted((os.fspath(entry), *_version(entry)) for entry in entries)
        found = (*((os.fspath(path), inode(path), 0) for path in self._paths), *files)
        ended = time.monotonic()
        self._next = ended + min(_PAUSE * (ended - begun), _LONGEST_PAUSE_SECONDS)
        return found

    def _entries(self, of_folder: Callable[[Path], Iterable[_File]]) -> Iterator[_File]:
        return chain.from_iterable(of_folder(path) if path.is_dir() else (path,) for path in self._paths)


def inode(path: Path) -> int:
    """Return the number of a file or folder, 0 if it does not exist. One that is mounted keeps its number after its removal."""
    with contextlib.suppress(OSError):
        return path.stat().st_ino
    return 0


_File: TypeAlias = os.DirEntry[str] | Path


def _files(path: Path) -> Iterator[_File]:
    """Return the files below a folder, without compiled Python."""
    pending = [str(path)]
    while pending:
        with contextlib.suppress(OSError), os.scandir(pending.pop()) as entries:  # one may be closed, or just removed
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry
                elif entry.name != "__pycache__":
                    pending.append(entry.path)


def _version(entry: _File) -> tuple[int, int]:
    try:
        status = entry.stat() if isinstance(entry, Path) else entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # it was just removed
        return 0, 0
    return status.st_mtime_ns, status.st_size
