"""Folders of file systems in a sandbox, below /mnt.

Where many ids are mapped, the sandbox's user appears on the disk as the access point's: the mount is idmapped. Where one id is
mapped, every sandbox is that user, and access points do not separate owners.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel, privileges
from netful.functions.inside.root import FILES, PACKAGES

_TMPFS = syscalls.MS_NOSUID | syscalls.MS_NODEV


def mount(root: str, mounts: list[dict[str, Any]], namespaces: dict[str, int]) -> None:
    """Mount folders below a root. `namespaces` are the user namespaces by the ids that they show."""
    if not mounts:
        return
    home = os.open(f"{PACKAGES}/{FILES}", os.O_PATH)
    syscalls.mount("tmpfs", f"{root}/mnt", "tmpfs", _TMPFS, "mode=0755,size=16k")
    for one in mounts:
        target = Path(f"{root}{one['path']}")
        target.mkdir()
        folder = syscalls.open_below(home, one["folder"], os.O_PATH)  # a client may have put a link there
        source = f"/proc/self/fd/{folder}"
        if one["user"] and one["user"] in namespaces:
            kernel.bind_idmapped(source, str(target), namespaces[one["user"]])
        else:
            syscalls.mount(source, str(target), flags=syscalls.MS_BIND)
    kernel.mount_setattr(f"{root}/mnt", kernel.MOUNT_ATTR_RDONLY, recursive=False)


def namespaces_for(mounts: list[dict[str, Any]], made: dict[str, int]) -> None:
    """Make the user namespaces that mounts need, unless they are there: `UID:GID` on the disk is the sandbox's user."""
    if not privileges.has_many_ids():
        return
    for ids in {one["user"] for one in mounts} - {"", *made}:
        uid, gid = ids.split(":")
        made[ids] = _namespace(f"{uid} {privileges.SANDBOX_UID} 1", f"{gid} {privileges.SANDBOX_UID} 1")


def _namespace(uid_map: str, gid_map: str) -> int:
    """Return a descriptor of a user namespace with these mappings."""
    ready, release = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(release[1])
            syscalls.unshare(syscalls.CLONE_NEWUSER)
            os.write(ready[1], b"x")
            os.read(release[0], 1)
        finally:
            os._exit(0)
    os.close(ready[1])
    os.close(release[0])
    try:
        os.read(ready[0], 1)
        Path(f"/proc/{pid}/uid_map").write_text(uid_map, encoding="ascii")
        Path(f"/proc/{pid}/gid_map").write_text(gid_map, encoding="ascii")
        return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(release[1])
        os.close(ready[0])
        os.waitpid(pid, 0)
