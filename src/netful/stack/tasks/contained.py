"""A container of a task: `python -m netful.stack.tasks.contained FD`, started by the daemon; FD has the specification as JSON.

{"netns": fd, "status": fd, "parent": pid, "root": empty folder, "image": folder, "top": folder, "writable": folder or null,
"resolv_conf": path, "hosts": path, "mounts": [[folder, path below it, target, read-only]], "hostname": text, "cwd": path, "user": text, "command": [text],
"environment": {name: text}, "health": {…} or null}

    A  enters the network namespace, makes mount, pid, ipc and uts namespaces, maps ids, dies with the daemon
    B  is pid 1: it makes the root, gives up the machine's rights, starts the command, and checks its health
    C  is the command

The environment is in the specification, because it is the template's: in the environment of A it could load code there. As
root a container has the machine's ids in a user namespace of its own, with Docker's capabilities over nothing but its own files;
where one id is mapped it has that one, under the name that it asks for. Both have the system calls of functions' sandboxes.
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from netful.fabric import enter
from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel, privileges, seccomp
from netful.functions.inside.mounts import devices
from netful.images import overlay
from netful.stack.tasks import container_init

_IDS = 65_536
_TMPFS = syscalls.MS_NOSUID | syscalls.MS_NODEV
_PROC = syscalls.MS_RDONLY | _TMPFS | syscalls.MS_NOEXEC
# Docker's and ECS's: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot,
# mknod, audit_write, setfcap.
_CAPABILITIES = frozenset({0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31})


def main() -> int:
    """Make the namespaces, and run the container in them."""
    with os.fdopen(int(sys.argv[1]), encoding="utf-8") as specification:
        spec = json.load(specification)
    proc = os.open("/proc", os.O_PATH)
    enter.enter(spec["netns"], as_host=True)
    ready, mapped = os.pipe(), os.pipe()
    own_pid = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(ready[0])
        os.close(mapped[1])
        _be_init(spec, own_pid, proc, (ready[1], mapped[0]))
    os.close(ready[1])
    os.close(mapped[0])
    os.close(spec["status"])
    if os.read(ready[0], 1):
        _map_ids(child, proc)
    os.close(mapped[1])
    syscalls.die_with_parent(spec["parent"])
    return enter.wait_for(child)


def _map_ids(child: int, proc: int) -> None:
    for name in ("uid_map", "gid_map"):
        descriptor = os.open(f"{child}/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(descriptor, f"0 0 {_IDS}".encode())
        os.close(descriptor)


def _be_init(spec: dict[str, Any], parent: int, proc: int, pipes: tuple[int, int]) -> None:
    """Be pid 1 of the container until its command ends."""
    code = enter.CANNOT_START
    try:
        socket.sethostname(spec["hostname"])
        _make_root(spec)
        uid, gid = _user(spec["user"])
        spec["environment"] = {"HOME": _home(uid), **spec["environment"]}
        many = privileges.has_many_ids()
        if many:
            os.fchown(1, uid, gid)  # programs open /dev/stdout again
            _own_ids(pipes)
        syscalls.die_with_parent_across_namespaces(parent)
        if many:
            _drop_capabilities()
            os.close(proc)
        else:
            privileges.drop(proc, become_user=False, limits=privileges.HOST_LIMITS, called=uid)
        for descriptor in pipes:
            os.close(descriptor)
        code = container_init.run(spec, (uid, gid) if many else None)
    except OSError as error:
        os.write(2, f"netful: the container cannot be made: {error}\n".encode())
    finally:
        os._exit(code)


def _make_root(spec: dict[str, Any]) -> None:
    """Mount the image and what belongs to every container, and make it the root."""
    root = spec["root"]
    sources = [_source(home, path) for home, path, _, _ in spec["mounts"]]
    names = {file: os.open(spec[file], os.O_PATH) for file in ("resolv_conf", "hosts")}
    overlay.mount(spec["image"], spec["top"], root, spec["writable"])
    for file, opened in names.items():
        _bind(opened, f"{root}/etc/{file.replace('_', '.')}", kernel.MOUNT_ATTR_RDONLY)
    syscalls.mount("tmpfs", f"{root}/dev", "tmpfs", syscalls.MS_NOSUID, "mode=0755,size=64k")
    devices(Path(root, "dev"))
    Path(root, "dev/shm").mkdir()
    syscalls.mount("tmpfs", f"{root}/dev/shm", "tmpfs", _TMPFS, "mode=1777,size=64m")  # noqa: S108  # the container\'s own
    syscalls.mount("proc", f"{root}/proc", "proc", _PROC)
    opened = os.open(root, os.O_PATH | os.O_DIRECTORY)
    for source, (_, _, target, read_only) in zip(sources, spec["mounts"], strict=True):
        attributes = kernel.MOUNT_ATTR_NOSUID | kernel.MOUNT_ATTR_NODEV
        _bind_below(opened, source, target, attributes | (kernel.MOUNT_ATTR_RDONLY if read_only else 0))
    if spec["read_only"]:  # only now: the places of mounts may be missing in the image
        kernel.mount_setattr(root, kernel.MOUNT_ATTR_RDONLY, recursive=False)
    os.chdir(root)
    syscalls.pivot_root(".", ".")
    kernel.detach(".")
    os.chdir("/")


def _source(home: str, path: str) -> int:
    """Open a folder to mount; a client may have put a link on the way, which leads nowhere else."""
    opened = os.open(home, os.O_PATH)
    try:
        return syscalls.open_below(opened, path, os.O_PATH)
    finally:
        os.close(opened)


def _bind(source: int, target: str, attributes: int) -> None:
    syscalls.mount(f"/proc/self/fd/{source}", target, flags=syscalls.MS_BIND | syscalls.MS_REC)
    kernel.mount_setattr(target, attributes)


def _bind_below(root: int, source: int, target: str, attributes: int) -> None:
    """Mount a folder at a path of the root, made where it is missing; no link of the image leads out of the root."""
    path = ""
    for part in (one for one in target.split("/") if one not in ("", ".", "..")):
        try:
            os.close(syscalls.open_below(root, f"{path}/{part}", os.O_PATH | os.O_DIRECTORY))
        except FileNotFoundError:
            above = syscalls.open_below(root, path or "/", os.O_PATH | os.O_DIRECTORY)
            os.mkdir(part, 0o755, dir_fd=above)
            os.close(above)
        path = f"{path}/{part}"
    place = syscalls.open_below(root, path or "/", os.O_PATH | os.O_DIRECTORY)
    flags = syscalls.MS_BIND | syscalls.MS_REC
    syscalls.mount(f"/proc/self/fd/{source}", f"/proc/self/fd/{place}", flags=flags)
    mounted = syscalls.open_below(root, path or "/", os.O_PATH | os.O_DIRECTORY)
    kernel.mount_setattr(f"/proc/self/fd/{mounted}", attributes)
    os.close(place)
    os.close(mounted)


def _user(written: str) -> tuple[int, int]:
    """Return the ids of a user as images name it: a name or a number, and a group after a colon."""
    name, _, group = written.partition(":")
    uid, gid = (int(name), 0) if name.isdecimal() else (0, 0)
    for fields in _lines("/etc/passwd"):
        if len(fields) > 3 and name and name in (fields[0], fields[2]):
            uid, gid = int(fields[2]), int(fields[3])
    if group:
        found = (int(fields[2]) for fields in _lines("/etc/group") if len(fields) > 2 and fields[0] == group)
        gid = int(group) if group.isdecimal() else next(found, gid)
    return uid, gid


def _home(uid: int) -> str:
    """Return the home of a user as the image names it."""
    homes = (fields[5] for fields in _lines("/etc/passwd") if len(fields) > 5 and fields[2] == str(uid))
    return next(homes, "") or "/"


def _lines(file: str) -> list[list[str]]:
    try:
        return [line.split(":") for line in Path(file).read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return []


def _own_ids(pipes: tuple[int, int]) -> None:
    """Enter a user namespace with the machine's ids, which the parent maps."""
    kernel.set_dumpable(True)
    syscalls.unshare(syscalls.CLONE_NEWUSER)
    os.write(pipes[0], b"x")
    os.read(pipes[1], 1)  # it is closed when the ids are mapped


def _drop_capabilities() -> None:
    privileges.limit(privileges.HOST_LIMITS)
    kernel.drop_bounding_set(_CAPABILITIES)
    kernel.no_new_privileges()
    kernel.filter_calls(seccomp.program())


if __name__ == "__main__":
    sys.exit(main())
