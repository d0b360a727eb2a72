"""Files of an image: an OCI layout as a folder, or an archive, which is read in place."""

import gzip
import hashlib
import json
import posixpath
import re
import tarfile
from pathlib import Path
from typing import IO, Any, Self, cast

from netful.images.tar_streams import Bounded, Dense
from netful.model.core import StackError

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_LONGEST_JSON = 4 << 20
_MOST_MEMBERS = 10_000


_GZIP = b"\x1f\x8b"


class Archive:
    """The files of an image by their names in an OCI layout or in an archive of `docker save`. Close it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        self._tar: tarfile.TarFile | None = None
        self._members: dict[str, tarfile.TarInfo] = {}
        if path.is_dir():
            return
        try:
            self._file = _plain(path)
            self._tar = tarfile.TarFile(fileobj=cast(IO[bytes], Bounded(self._file)), tarinfo=Dense)
            for member in self._tar:
                self._members[posixpath.normpath(member.name)] = member
                if len(self._members) > _MOST_MEMBERS:
                    raise self.refusal(f"it has more than {_MOST_MEMBERS} files")
        except (OSError, ValueError, tarfile.TarError, EOFError) as error:
            raise self.refusal(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def refusal(self, why: str) -> StackError:
        """Return the error for an image that is not taken."""
        return StackError(f"`{self.path}` is not an image that can run here", why=why)

    def has(self, name: str) -> bool:
        """Return whether there is a file with a name."""
        return (self.path / name).is_file() if self._tar is None else posixpath.normpath(name) in self._members

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the image; raise StackError if it is not there."""
        try:
            if self._tar is None:
                return (self.path / name).open("rb")
            found = self._tar.extractfile(self._member(name))
        except (OSError, KeyError, tarfile.TarError) as error:
            raise self.refusal(f"`{name}` is missing") from error
        if found is None:
            raise self.refusal(f"`{name}` is not a file")
        return found

    def _member(self, name: str) -> tarfile.TarInfo:
        member = self._members[posixpath.normpath(name)]
        if member.issym():  # equal layers, in archives of older Docker versions
            member = self._members[posixpath.normpath(posixpath.join(posixpath.dirname(name), member.linkname))]
        elif member.islnk():
            member = self._members[posixpath.normpath(member.linkname)]
        return member

    def json(self, name: str) -> Any:
        """Return the value in a JSON file."""
        return self.parsed(self.content(name), name)

    def content(self, name: str) -> bytes:
        """Return the content of a JSON file."""
        with self.open(name) as opened:
            content = opened.read(_LONGEST_JSON + 1)
        if len(content) > _LONGEST_JSON:
            raise self.refusal(f"`{name}` is too long")
        return content

    def parsed(self, content: bytes, name: str) -> Any:
        """Return the value of JSON text."""
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self.refusal(f"`{name}` is not JSON") from error

    def blob(self, digest: object) -> str:
        """Return the name of the file with a digest in an OCI layout."""
        found = _DIGEST.fullmatch(str(digest))
        if found is None:
            raise self.refusal(f"`{digest}` is not a SHA-256 digest")
        return f"blobs/sha256/{found[1]}"

    def verified(self, digest: object) -> bytes:
        """Return the content of a JSON file that has a digest."""
        name = self.blob(digest)
        content = self.content(name)
        if hashlib.sha256(content).hexdigest() != name.rpartition("/")[2]:
            raise self.refusal(f"`{name}` does not have its digest")
        return content


def _plain(path: Path) -> IO[bytes]:
    file = path.open("rb")
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file
