"""Translations of SAM templates, kept in the user's cache folder: the translator's import takes longer than all else of a verb.

Rules:
1. A translation is kept by everything that it depends on: the template as the translator reads it, the values of parameters, the
   region, and the translator's version. Whatever differs is another file, so nothing has to be renewed.
2. A file is data (JSON). One that is not the user's alone, or that is damaged, is not read.
3. A template with `AlwaysDeploy` is translated each time: the ids of its deployments depend on the time.
4. Any file may be deleted at any time, and one that cannot be written is not missed. The oldest give way to new ones.
"""

import contextlib
import hashlib
import json
import os
import stat
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from netful.sources.files.whole_file import write_whole
from netful.sources.sam import translator

_FORM = 1
"""Number of the form of the files, and of what netful gives to the translator besides its input."""

_ALWAYS = "'AlwaysDeploy'"
_MOST_FILES, _MOST_BYTES = 100, 8 << 20
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def translate(template: dict[str, Any], parameters: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the CloudFormation template that AWS makes of a SAM template, kept or made. The SAM template may be modified."""
    if _ALWAYS in repr(template):
        return translator.translate(template, parameters, region)
    file = folder() / f"{_digest(template, parameters, region)}.json"
    kept = _read(file)
    if kept is not None:
        return kept
    made = translator.translate(template, parameters, region)
    with contextlib.suppress(OSError, TypeError, ValueError):
        _write(file, made)
    return made


def folder() -> Path:
    """Return the folder of the translations."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # works without a home, too
    return Path(cache) / "netful" / "sam"


def _digest(template: dict[str, Any], parameters: dict[str, Any], region: str) -> str:
    """Return the name of a translation. Texts of Python's own form differ for `200` and `"200"`, which are one key in JSON."""
    found = find_spec("samtranslator")
    version = Path(found.origin).read_bytes() if found is not None and found.origin else b""
    return hashlib.sha256(
        repr((_FORM, version, template, parameters, region)).encode(errors="surrogatepass")
    ).hexdigest()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as opened:
            about = os.fstat(opened.fileno())
            own = stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & _OF_OTHERS
            found = json.loads(opened.read(_MOST_BYTES)) if own else None
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("Resources"), dict) else None


def _write(file: Path, made: dict[str, Any]) -> None:
    """Write a translation, if its JSON is the same translation again."""
    content = json.dumps(made)
    if len(content) < _MOST_BYTES and json.loads(content) == made:
        write_whole(file, content.encode())
        kept = sorted(file.parent.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[:-_MOST_FILES]:
            old.unlink(missing_ok=True)
