"""One layer of an image as a folder in the form of the kernel's overlay file system.

Rules:
1. The kernel resolves every path below the layer's folder (`openat2`), so a link in a layer leads nowhere else.
2. A removed file is a character device 0/0, a replaced folder has `user.overlay.opaque`: an ordinary user may make both.
3. Devices of a layer are not made: a container's /dev is netful's. Mounts ignore set-uid bits.
4. Where the owner of a file is not mapped, as for an ordinary user, the file is the user's own.
5. Files have at most `MOST_BYTES` in all, and there are at most `MOST_FILES`.
"""

import gzip
import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, cast

from netful.fabric.kernel import syscalls
from netful.images.archive import Archive
from netful.images.image import Layer
from netful.images.tar_streams import Dense, Digesting
from netful.model.core import StackError

MOST_BYTES = 10 << 30
"""Lambda's limit on an image, unpacked."""
MOST_FILES = 500_000

_CHUNK = 1 << 20
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_OPAQUE_MARK = "user.overlay.opaque"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def unpack(archive: Archive, layer: Layer, target: Path, most: int = MOST_BYTES) -> int:
    """Unpack a layer into an empty folder; return the bytes of its files. Raise StackError if it is refused."""
    root = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with archive.open(layer.file) as packed:
            stream = Digesting(_plain(archive, packed), most + (most >> 2) + _CHUNK)  # headers included
            unpacking = _Unpacking(root, most)
            with tarfile.TarFile(fileobj=cast(IO[bytes], stream), tarinfo=Dense) as tar:
                for member in tar:
                    unpacking.take(tar, member)
            found = stream.digest()
    except (OSError, ValueError, OverflowError, EOFError, tarfile.TarError) as error:
        raise archive.refusal(f"its layer {layer.digest}: {error}") from error
    finally:
        os.close(root)
    if found != layer.digest:
        raise archive.refusal(f"its layer `{layer.file}` has the digest {found}, not {layer.digest}")
    return unpacking.size


class _Unpacking:
    """The folder of a layer while it is unpacked."""

    def __init__(self, root: int, most: int) -> None:
        self.size = 0
        self._root = root
        self._most = most
        self._files = 0

    def take(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Make one entry of the layer."""
        self._files += 1
        self.size += member.size if member.isreg() else 0
        if self._files > MOST_FILES or self.size > self._most:
            raise ValueError(f"it has more than {self._most >> 20} MB or {MOST_FILES} files")
        parts = _parts(member.name)
        if not parts or (member.isdev() and not member.isfifo()):
            return
        with self._folder(parts[:-1]) as at:
            if parts[-1].startswith(_WHITEOUT):
                _remove_below(at, parts[-1])
            elif member.islnk():
                _clear(at, parts[-1])
                *way, last = _parts(member.linkname)
                with self._folder(way) as there:
                    os.link(last, parts[-1], src_dir_fd=there, dst_dir_fd=at, follow_symlinks=False)
            else:
                _make(tar, member, at, parts[-1])

    @contextmanager
    def _folder(self, parts: list[str]) -> Iterator[int]:
        """Open a folder of the layer, and make it where it is missing."""
        descriptor = os.dup(self._root)
        try:
            for number, part in enumerate(parts, start=1):
                below = "/".join(parts[:number])
                try:
                    inner = syscalls.open_below(self._root, below, os.O_PATH | os.O_DIRECTORY)
                except FileNotFoundError:
                    os.mkdir(part, 0o755, dir_fd=descriptor)
                    inner = syscalls.open_below(self._root, below, os.O_PATH | os.O_DIRECTORY)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)


def _parts(name: str) -> list[str]:
    parts = [part for part in PurePosixPath(name).parts if part != "/"]
    if ".." in parts:
        raise ValueError(f"the path `{name}` leads out of it")
    return parts


def _make(tar: tarfile.TarFile, member: tarfile.TarInfo, at: int, name: str) -> None:
    """Make a file, folder, link or pipe in place of what is there; a folder keeps what is in it."""
    mode = member.mode & 0o7777
    if member.isdir():
        _make_folder(at, name)
    else:
        _clear(at, name)
        if member.isreg():
            descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=at)
            with os.fdopen(descriptor, "wb") as out:
                shutil.copyfileobj(cast(IO[bytes], tar.extractfile(member)), out, _CHUNK)
        elif member.issym():
            os.symlink(member.linkname, name, dir_fd=at)
        elif member.isfifo():
            os.mkfifo(name, dir_fd=at)
        else:
            raise ValueError(f"`{member.name}` is of an unknown kind")
    with suppress(OSError):
        os.chown(name, member.uid, member.gid, dir_fd=at, follow_symlinks=False)
    if not member.issym():
        os.chmod(name, mode, dir_fd=at)
    os.utime(name, (member.mtime, member.mtime), dir_fd=at, follow_symlinks=False)


def _make_folder(at: int, name: str) -> None:
    there = _status(at, name)
    if there is not None and stat.S_ISDIR(there.st_mode):
        return
    _clear(at, name)
    os.mkdir(name, dir_fd=at)
    if there is not None and stat.S_ISCHR(there.st_mode):  # it was removed, and is there again
        _make_opaque(at, name)


def _remove_below(at: int, name: str) -> None:
    """Mark a file or folder of the layers below as removed."""
    gone = name.removeprefix(_WHITEOUT)
    if name == _OPAQUE:
        os.setxattr(f"/proc/self/fd/{at}", _OPAQUE_MARK, b"y")
    elif gone in ("", ".", ".."):
        raise ValueError(f"`{name}` removes nothing")
    elif not gone.startswith(_WHITEOUT):  # other marks are those of aufs
        there = _status(at, gone)
        if there is None:
            os.mknod(gone, stat.S_IFCHR, 0, dir_fd=at)
        elif stat.S_ISDIR(there.st_mode):
            _make_opaque(at, gone)


def _make_opaque(at: int, name: str) -> None:
    os.setxattr(f"/proc/self/fd/{at}/{name}", _OPAQUE_MARK, b"y", follow_symlinks=False)


def _clear(at: int, name: str) -> None:
    there = _status(at, name)
    if there is None:
        return
    if stat.S_ISDIR(there.st_mode):
        shutil.rmtree(name, dir_fd=at)
    else:
        os.unlink(name, dir_fd=at)


def _status(at: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _plain(archive: Archive, packed: IO[bytes]) -> IO[bytes]:
    """Return a stream uncompressed, by its first bytes: media types are often wrong."""
    buffered = io.BufferedReader(cast(io.RawIOBase, packed), _CHUNK)
    head = buffered.peek(4)[:4]
    if head.startswith(_GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=buffered))
    if head == _ZSTD:
        return _unzstd(archive, cast(IO[bytes], buffered))
    return cast(IO[bytes], buffered)


def _unzstd(archive: Archive, packed: IO[bytes]) -> IO[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415  # Python 3.14

        return cast(IO[bytes], zstd.ZstdFile(packed))
    except ImportError:
        pass
    try:
        import zstandard  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415  # optional
    except ImportError:
        refusal = archive.refusal("its layers are compressed by zstd")
        raise StackError(
            refusal.what, why=refusal.why, hint="write it by `docker save`, or `pip install zstandard`"
        ) from None
    return cast(IO[bytes], zstandard.ZstdDecompressor().stream_reader(packed))
