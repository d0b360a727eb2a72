"""Folders of this machine behind the file systems that functions and tasks mount: one for each file system.

With `netful up --state` they stay; otherwise they are gone with the stack.
"""

import os
from contextlib import suppress
from pathlib import Path

from netful.engine.files.mounts import Folder
from netful.model.core import file_name


def made(home: Path, folder: Folder) -> str | None:
    """Return the path of a folder below `home`, made if its access point makes it; None if it is missing."""
    path = file_name(folder.file_system_id)
    place = home / path
    place.mkdir(parents=True, exist_ok=True)
    for part in [one for one in folder.path.split("/") if one not in ("", ".", "..")]:
        path, place = f"{path}/{part}", place / part
        if place.is_symlink():  # a client has put it there: it may lead anywhere
            return None
        if not place.is_dir():
            if folder.owner is None:
                return None
            place.mkdir()
            _give(place, folder.owner, folder.mode)
    return path


def _give(place: Path, owner: tuple[int, int], mode: int) -> None:
    place.chmod(mode)
    with suppress(OSError):  # where one id is mapped, the folder is the user's own
        os.chown(place, *owner)
