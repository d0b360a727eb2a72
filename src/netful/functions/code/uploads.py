"""Uploaded code: zip files in a folder that outlives the functions, each under the digest of its content."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from pathlib import Path

from netful.model.core.errors import UnkeptError
from netful.model.functions.function import Code


def stored(folder: Path, content: bytes) -> Code:
    """Write a zip file, as a whole or not at all, and return it as the code of a function. Raises UnkeptError."""
    file = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.zip"
    fresh = folder / f"{uuid.uuid4().hex}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise UnkeptError("the code of the function cannot be kept", why=f"`{file}`: {error.strerror}") from error
    return Code(local_path=str(file))
