"""Append-only file of records that survive a kill of any process.

Rules:
1. A record is one `write`. From then on the kernel has it, so a kill loses nothing. A loss of power may lose records that
   the kernel had not yet written, because nothing here waits for the disk.
2. A record at the end of the file that is cut off, or that ends in zeros, was never complete: it is dropped when the file
   is opened. Any other checksum error is damage: nothing is read or written then.
3. A record that could not be written completely leaves no trace.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from netful.model.core import StackError

_MAGIC = b"netful state 1\n"
_HEAD = struct.Struct(">III")  # the record's length, its checksum, and the checksum of these two
_HEAD_START = struct.Struct(">II")


class Journal:
    """The file at `path`, created if it does not exist. Raises StackError if it is damaged, and OSError as files do."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._end = self._checked()
            os.ftruncate(self._file, self._end)
            if not self._end:
                self._write(_MAGIC)
        except BaseException:
            os.close(self._file)
            raise
        self._last = self._end

    def records(self) -> Iterator[bytes]:
        """Return every record, oldest first."""
        for _, record in self._read():
            yield record

    def append(self, record: bytes) -> None:
        """Add a record. After an OSError the file is unchanged."""
        checks = _HEAD_START.pack(len(record), zlib.crc32(record))
        begin = self._end
        self._write(checks + zlib.crc32(checks).to_bytes(4, "big") + record)
        self._last = begin

    def undo(self) -> None:
        """Remove the record that was appended last."""
        os.ftruncate(self._file, self._last)
        self._end = self._last

    def _write(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(data)

    def _checked(self) -> int:
        """Return the position at which the last complete record ends."""
        if os.pread(self._file, len(_MAGIC), 0) != _MAGIC:
            if not _MAGIC.startswith(self._path.read_bytes().rstrip(b"\0")):
                raise StackError(
                    f"`{self._path}` is not a state file of netful", hint="give `--state` a folder of its own"
                )
            return 0
        end = len(_MAGIC)
        for end, _ in self._read():  # noqa: B007  # the last one counts
            pass
        return end

    def _read(self) -> Iterator[tuple[int, bytes]]:
        """Return each complete record with the position at which it ends."""
        place = len(_MAGIC)
        with open(os.dup(self._file), "rb") as file:  # noqa: PTH123  # an open file has no path of its own
            file.seek(place)
            while len(head := file.read(_HEAD.size)) == _HEAD.size:
                length, check, head_check = _HEAD.unpack(head)
                if zlib.crc32(head[: _HEAD_START.size]) != head_check:
                    if not file.read().strip(b"\0"):
                        return
                    raise self._damaged(place)
                record = file.read(length)
                if len(record) < length:
                    return
                if zlib.crc32(record) != check:
                    if not file.read().strip(b"\0"):
                        return
                    raise self._damaged(place)
                place += _HEAD.size + length
                yield place, record

    def _damaged(self, place: int) -> StackError:
        return StackError(
            f"the state in `{self._path}` is damaged",
            why=f"the record at byte {place} does not match its checksum, and other records follow",
            hint="restore the file from a copy, or delete it to start without state",
        )
