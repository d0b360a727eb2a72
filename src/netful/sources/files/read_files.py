"""The files that this process has read as sources, and those that it looked for, for a watch of them."""

from pathlib import Path

_seen: set[Path] = set()


def note(file: Path) -> None:
    """Add a file or folder, which may not exist."""
    _seen.add(file.absolute())


def seen() -> frozenset[Path]:
    """Return the absolute paths of all of them."""
    return frozenset(_seen)
