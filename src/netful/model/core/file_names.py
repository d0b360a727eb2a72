"""Names of files, folders and sections of configurations that belong to resources."""

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}", re.ASCII)
_OTHER = re.compile(r"[^A-Za-z0-9_.:-]+", re.ASCII)
_LONGEST = 60


def file_name(id_: str) -> str:
    """Return a name for what belongs to a resource: its id, or of one that is no plain word the words and a digest.

    Such an id may be a path or an option, be hidden or too long, or differ from another only in characters that are replaced.
    """
    if _PLAIN.fullmatch(id_):
        return id_
    digest = hashlib.sha256(id_.encode()).hexdigest()[:8]
    return f"{_OTHER.sub('-', id_).lstrip('.:-')[:_LONGEST] or 'x'}-{digest}"
