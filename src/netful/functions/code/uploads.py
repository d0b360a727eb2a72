"""Uploaded code: zip files in a folder that outlives the functions, each under the digest of its content."""

import hashlib
from pathlib import Path

from netful.model.core import UnkeptError
from netful.model.functions.function import Code
from netful.sources.files.whole_file import write_whole


def stored(folder: Path, content: bytes) -> Code:
    """Write a zip file, as a whole or not at all, and return it as the code of a function. Raises UnkeptError."""
    file = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.zip"
    try:
        write_whole(file, content)
    except OSError as error:
        raise UnkeptError("the code of the function cannot be kept", why=f"`{file}`: {error.strerror}") from error
    return Code(local_path=str(file))
