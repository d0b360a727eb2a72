"""Files of the machine that only their owner may read, hidden from sandboxes whose user owns them.

If one id is mapped, a sandbox keeps it. Where it is really the machine's root, file modes protect nothing of the machine from it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from netful.fabric.kernel import syscalls
from netful.functions.inside import privileges

_FOLDERS = ("etc", "opt", "usr/local")
"""Folders of administrators. The rest of /usr is of published packages."""
_HIDDEN = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_RDONLY


def hide(root: Path) -> None:
    """Hide the private files of a sandbox's root, where its user owns the machine's files."""
    if not privileges.has_many_ids() and Path("/usr").stat().st_uid == os.getuid():
        for folder in _FOLDERS:
            hide_in(root / folder)


def hide_in(folder: Path) -> None:
    """Cover each file and folder that not everybody may read, below a folder, by an empty one."""
    for parent, folders, files in os.walk(folder):
        hidden = [name for name in folders if not is_public(Path(parent, name))]
        for name in hidden:
            syscalls.mount("tmpfs", str(Path(parent, name)), "tmpfs", _HIDDEN, "size=4k")
        folders[:] = [name for name in folders if name not in hidden]
        for name in files:
            if not is_public(Path(parent, name)):
                syscalls.mount("/dev/null", str(Path(parent, name)), flags=syscalls.MS_BIND)


def is_public(path: Path) -> bool:
    """Return whether everybody may read a file, or open a folder."""
    mode = path.lstat().st_mode
    wanted = 0o005 if stat.S_ISDIR(mode) else 0o004
    return stat.S_ISLNK(mode) or mode & wanted == wanted
