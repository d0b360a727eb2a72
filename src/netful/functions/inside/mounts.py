"""Mounts that every sandbox's root has: parts of the machine's tree, and the harmless devices."""

from __future__ import annotations

from pathlib import Path

from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def bind(source: str, target: Path, attributes: int = 0) -> None:
    """Bind a file or a folder, with what is mounted below it, to a path that is made for it."""
    if Path(source).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.touch()
    syscalls.mount(source, str(target), flags=syscalls.MS_BIND | syscalls.MS_REC)
    if attributes:
        kernel.mount_setattr(str(target), attributes)


def devices(dev: Path) -> None:
    """Make the harmless devices of a root."""
    for name in _DEVICES:
        if Path("/dev", name).exists():
            bind(f"/dev/{name}", dev / name)
    for name, target in _DEVICE_LINKS.items():
        (dev / name).symlink_to(target)
