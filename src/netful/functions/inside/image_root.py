"""Root file system of a sandbox whose function is a container image: the image, read-only, with netful's own mounts.

| path | contents |
|---|---|
| /proc, /dev, /tmp, /etc/resolv.conf | those of every sandbox |
| /etc/hosts, certificates | the layer of netful, above those of the image |
| everything else | the image |
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel
from netful.functions.inside.root import PACKAGES
from netful.images import overlay

IMAGES, TOP = ".images", ".top"
"""Names of the unpacked images and of netful's layer among the packages."""

_ROOT = "/var/task"  # only a place for the mount


def enter(image: str, folder: Path, proc_flags: int, mount_files: Callable[[str], None]) -> None:
    """Make an image the root of this mount namespace. `folder` is the environment's; `mount_files` mounts more below a root."""
    overlay.mount(f"{PACKAGES}/{IMAGES}/{image}", f"{PACKAGES}/{TOP}", _ROOT)
    syscalls.mount("/dev", f"{_ROOT}/dev", flags=syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.mount(f"{folder}/tmp", f"{_ROOT}/tmp", flags=syscalls.MS_BIND)  # noqa: S108  # the environment's own
    syscalls.mount(f"{folder}/resolv.conf", f"{_ROOT}/etc/resolv.conf", flags=syscalls.MS_BIND)
    kernel.mount_setattr(f"{_ROOT}/etc/resolv.conf", kernel.MOUNT_ATTR_RDONLY)
    mount_files(_ROOT)
    syscalls.mount("proc", f"{_ROOT}/proc", "proc", proc_flags)
    os.chdir(_ROOT)
    syscalls.pivot_root(".", ".")
    kernel.detach(".")
    os.chdir("/")


def refused(message: dict[str, Any]) -> tuple[str, str] | None:
    """Return the type and text of the error for an image that cannot be started (lambda §3.8)."""
    program, folder = message["program"], message["cwd"]
    if not Path(folder).is_dir():
        return "Runtime.InvalidWorkingDir", f"chdir {folder}: no such file or directory"
    found = shutil.which(os.path.join(folder, program[0]) if "/" in program[0] else program[0],  # noqa: PTH118  # absolute ones stay
                         path=message["variables"].get("PATH"))  # fmt: skip
    if found is not None:
        return None
    if "/" in program[0]:
        return "Runtime.InvalidEntrypoint", f"fork/exec {program[0]}: no such file or directory"
    return "Runtime.InvalidEntrypoint", f'exec: "{program[0]}": executable file not found in $PATH'
