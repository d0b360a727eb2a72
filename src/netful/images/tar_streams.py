"""Streams of tar files whose content is not trusted: what a header asks for cannot fill the memory.

Python's `tarfile` reads the long names of a header, and the map of a sparse file, at once and of any length.
"""

import hashlib
import tarfile
from typing import IO, NoReturn

_LONGEST_READ = 8 << 20
_CHUNK = 1 << 20


class Dense(tarfile.TarInfo):
    """An entry that is not a sparse file."""

    def _proc_sparse(self, _tar: tarfile.TarFile) -> NoReturn:
        raise tarfile.ReadError("a file is sparse")

    def _proc_gnusparse_10(self, *_: object) -> NoReturn:
        raise tarfile.ReadError("a file is sparse")


class Bounded:
    """A file that can be read in pieces only."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        """Read a piece; raise ReadError for a long one."""
        if size > _LONGEST_READ:
            raise tarfile.ReadError("a header is too long")
        return self._file.read(size)


class Digesting:
    """A stream that is read once, in pieces, up to a number of bytes, and hashed."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = Bounded(file)
        self._most = most
        self._sha256 = hashlib.sha256()
        self._place = 0

    def read(self, size: int) -> bytes:
        """Read a piece; raise ReadError after too many bytes."""
        data = self._file.read(size)
        self._sha256.update(data)
        self._place += len(data)
        if self._place > self._most:
            raise tarfile.ReadError(f"it has more than {self._most >> 20} MB")
        return data

    def tell(self) -> int:
        """Return the number of bytes that were read."""
        return self._place

    def seek(self, place: int) -> int:
        """Read on to a place; `tarfile` never goes back in a file whose entries are taken in order."""
        if place < self._place:
            raise tarfile.ReadError("its entries overlap")
        while self._place < place and self.read(min(_CHUNK, place - self._place)):
            continue
        return self._place

    def digest(self) -> str:
        """Read the rest; return the digest of everything."""
        while self.read(_CHUNK):
            continue
        return f"sha256:{self._sha256.hexdigest()}"
