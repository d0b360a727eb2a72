"""Documents that an editor has open: their texts stand for the files until they are saved."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_NONE: Mapping[Path, bytes] = {}
_open: ContextVar[Mapping[Path, bytes]] = ContextVar("open documents", default=_NONE)


@contextmanager
def in_place_of_files(texts: Mapping[Path, str]) -> Iterator[None]:
    """Read these texts in place of the files with these absolute paths, while the block lasts."""
    token = _open.set({path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()})
    try:
        yield
    finally:
        _open.reset(token)


def content_of(file: Path) -> bytes | None:
    """Return the content of an open document; None for every other file."""
    documents = _open.get()
    return documents.get(file.absolute()) if documents else None
