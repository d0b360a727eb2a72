"""The one message for a file that cannot be read, whichever verb wanted it."""

from __future__ import annotations

import errno
from pathlib import Path

from netful.model.errors import SourceError
from netful.model.origin import Origin

_HINTS = {
    errno.EACCES: "let your user read it: `chmod u+r` by its owner",
    errno.EISDIR: "name a file in it",
}


def unreadable(file: Path, fault: OSError | UnicodeDecodeError) -> SourceError:
    """What to tell the user."""
    origin = Origin(str(file))
    if isinstance(fault, UnicodeDecodeError):
        return SourceError("the file is not UTF-8 text", origin=origin, hint="save it as UTF-8")
    hint = _HINTS.get(fault.errno or 0, "check the path")
    return SourceError("cannot read the file", origin=origin, why=(fault.strerror or str(fault)).lower(), hint=hint)
