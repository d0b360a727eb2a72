"""Folders of netful in this user's cache, for what takes long to make."""

import contextlib
import os
from pathlib import Path

from netful.model.core import StackError


def user_cache(name: str) -> Path:
    """Return a folder of this user's cache, which is made if it is not there. Raise StackError if it cannot be written."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # works without a home, too
    folder = Path(cache) / "netful" / name
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise StackError(f"cannot write the cache `{folder}`", hint="set XDG_CACHE_HOME to a folder of your own")
    return folder
