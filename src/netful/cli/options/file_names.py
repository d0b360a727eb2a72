"""Words of a command line that name files."""

from collections.abc import Callable
from pathlib import Path


def is_named(word: str, is_there: Callable[[Path], bool]) -> bool:
    """Return whether a word names something in the file system; a payload may be longer than names can be."""
    try:
        return is_there(Path(word))
    except OSError:
        return False
