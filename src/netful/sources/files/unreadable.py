"""Errors of files that cannot be read, and the size limit of files."""

import errno
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from netful.model.core import Origin, SourceError
from netful.sources.files import open_documents, project_folder, read_files

_HINTS = {errno.EACCES: "let your user read it: `chmod u+r` by its owner", errno.EISDIR: "name a file in it"}


MAX_BYTES = 16 << 20


def bytes_of(file: Path) -> bytes:
    """Return the contents of a file; raises SourceError if it cannot be read, or has no end."""
    content = beginning_of(file, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise SourceError(f"the file has more than {MAX_BYTES:,} bytes", origin=Origin(str(file)), hint="split it")
    return content


def beginning_of(file: Path, most: int) -> bytes:
    """Return the contents of a file, or one byte more than `most` if it is longer: a device has no size and no end.

    Raises SourceError if it cannot be read. A named pipe is not read, because its writer may never come; `/dev/stdin` and the pipes that
    a shell makes (`<(…)`) have one.
    """
    read_files.note(file)
    unsaved = open_documents.content_of(file)
    if unsaved is not None:
        return unsaved[: most + 1]
    try:
        if file.is_fifo() and not project_folder.is_of_process(file):
            hint = f"name `/dev/stdin` in its place, after `cat {file} |`"
            raise SourceError("the file is a named pipe", origin=Origin(str(file)), hint=hint)
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as fault:
        raise unreadable(file, fault) from None


def text_of(file: Path) -> str:
    """Return the contents of a file as text."""
    return decoded(file, bytes_of(file))


def decoded(file: Path, raw: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 where its first bytes say so, as of `>` in Windows PowerShell."""
    try:
        text = raw.decode(encoding_of(raw))
    except UnicodeDecodeError as error:
        raise _not_text(file, raw[: error.start].count(b"\n") + 1) from None
    if "\0" in text:  # of UTF-16 without its first bytes, or of a program
        raise _not_text(file, text[: text.index("\0")].count("\n") + 1)
    return text


def _not_text(file: Path, line: int) -> SourceError:
    return SourceError("the file is not UTF-8 text", origin=Origin(str(file), line), hint="save it as UTF-8")


def encoding_of(raw: bytes) -> str:
    """Return the encoding of a text by its first bytes."""
    return "utf-16" if raw.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) else "utf-8-sig"


def unreadable(file: Path, fault: OSError) -> SourceError:
    """Return the error for the user."""
    origin = Origin(str(file))
    hint = _HINTS.get(fault.errno or 0, "check the path")
    return SourceError("cannot read the file", origin=origin, why=(fault.strerror or str(fault)).lower(), hint=hint)
