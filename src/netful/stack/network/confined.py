"""Program of a host in its sandbox: `python -m netful.stack.network.confined SPEC -- COMMAND...`, started by the daemon.

SPEC is that of `fabric.enter`, with {"folder": path, "readable": [path], "hidden": path, "allow": [name], "never_root": bool, "covered": {path: name}, "stays": bool}. `hidden` has the
stacks' own files, which may be in a readable folder. The processes are those of `fabric.enter`; pid 1 gives up its rights before the command starts. The sandbox is that of functions, with these differences:

| | a function | a host's program |
|---|---|---|
| writable | /tmp | its own folder, /tmp, /run, /var |
| readable | /usr, its package | /usr, /etc, /opt, its working directory's project |
| ports below 1024 | no | yes |

A project asks for more by `allow` in netful.toml: `files` leaves it the machine's files and the user's id, `capabilities`
leaves it root's rights in its network and every system call, `environment` (of the daemon) is given by the caller.
"""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from netful.fabric import enter
from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel, private_files, privileges
from netful.functions.inside.mounts import bind, devices

LEFT = "netful: the command ended with exit code {}, and programs that it started run on\n"
_READABLE = ("/usr", "/etc", "/opt", "/nix")
_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_WRITABLE = ("tmp", "run", "var", "dev/shm")
_IN_VAR = ("tmp", "log", "lib", "cache")
_TMPFS = syscalls.MS_NOSUID | syscalls.MS_NODEV
_READ_ONLY = kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID | kernel.MOUNT_ATTR_NODEV
_NEW_ROOT = "/tmp"  # noqa: S108  # only a place for the mount, in a mount namespace of its own


def main() -> int:
    """Make the sandbox, and run the command in it."""
    spec, command = json.loads(sys.argv[1]), sys.argv[3:]
    enter.enter(spec["netns"], as_host=True)
    enter.set_files(spec)
    own_pid = os.getpid()
    child = os.fork()
    if child == 0:
        _be_init(spec, command, own_pid)
    syscalls.die_with_parent(spec["parent"])
    return enter.wait_for(child)


def _be_init(spec: dict[str, Any], command: list[str], parent: int) -> None:
    """Be pid 1 of the sandbox until the command ends."""
    code = enter.CANNOT_START
    try:
        proc = os.open("/proc", os.O_PATH)
        if "files" in spec["allow"]:
            _mount_proc("/proc", 0)
        else:
            _own_root(spec)
        os.chdir(spec["cwd"])
        if "capabilities" not in spec["allow"]:
            become_user = "files" not in spec["allow"] and privileges.has_many_ids()
            if become_user:
                os.fchown(1, privileges.SANDBOX_UID, privileges.SANDBOX_UID)  # programs open /dev/stdout again
            called = privileges.SANDBOX_UID if spec["never_root"] else None
            privileges.drop(proc, become_user=become_user, limits=privileges.HOST_LIMITS, called=called)
            kernel.set_dumpable(False)  # the command has the same user, and must not trace this process
        kernel.close_descriptors(3)
        syscalls.die_with_parent_across_namespaces(parent)
        code = enter.run(command)
        if spec["stays"]:
            _wait_for_rest(code)
    except OSError as error:
        os.write(2, f"netful: the sandbox cannot be made: {error}\n".encode())
    finally:
        os._exit(code)


def _wait_for_rest(code: int) -> None:
    """Log the end of the command if programs of it still run, which this process has inherited, and wait for their end."""
    for number in enter.FORWARDED:
        signal.signal(number, lambda number, _: os.kill(-1, number))
    running = False
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, 0 if running else os.WNOHANG)
            if pid == 0:
                running = True
                os.write(2, LEFT.format(code).encode())


def _own_root(spec: dict[str, Any]) -> None:
    """Enter a root with what the command may see, and detach the machine's."""
    root = Path(_NEW_ROOT)
    paths = (spec["folder"], *spec["readable"])
    own = {path: os.open(path, os.O_PATH) for path in paths}  # they may be below the new root
    syscalls.mount("tmpfs", str(root), "tmpfs", _TMPFS, "mode=0755,size=4m")
    _system(root)
    private_files.hide(root)
    devices(root / "dev")
    for name in _WRITABLE:
        (root / name).mkdir(parents=True, exist_ok=True)
        syscalls.mount("tmpfs", str(root / name), "tmpfs", _TMPFS, "mode=1777,size=256m")
    for name in _IN_VAR:
        (root / "var" / name).mkdir()
        (root / "var" / name).chmod(0o1777)
    (root / "proc").mkdir()
    _mount_proc(str(root / "proc"), syscalls.MS_RDONLY)
    for path in sorted({*own, spec["hidden"]}):  # a folder comes before what is in it
        target = root / path[1:]
        if path in own:
            bind(f"/proc/self/fd/{own[path]}", target, 0 if path == spec["folder"] else _READ_ONLY)
        elif target.is_dir():
            syscalls.mount("tmpfs", str(target), "tmpfs", _TMPFS, "mode=0755,size=1m")
    for path, name in spec["covered"].items():
        bind(f"/proc/self/fd/{own[spec['folder']]}/{name}", root / path[1:], _READ_ONLY)
    _name_service(root)
    _name_user(root)
    old = root / "old"
    old.mkdir()
    syscalls.pivot_root(str(root), str(old))
    os.chdir("/")
    kernel.detach("/old")
    Path("/old").rmdir()
    kernel.mount_setattr("/", kernel.MOUNT_ATTR_RDONLY, recursive=False)


def _system(root: Path) -> None:
    for path in filter(os.path.isdir, _READABLE):
        bind(path, root / path[1:], _READ_ONLY)
    for name in _LINKS:
        link = Path("/", name)
        if link.is_symlink():
            (root / name).symlink_to(link.readlink())
        elif link.is_dir():
            bind(str(link), root / name, _READ_ONLY)


def _name_service(root: Path) -> None:
    """Bind the resolver's file where /etc only links to it."""
    resolv_conf = Path("/etc/resolv.conf").resolve()
    if resolv_conf.is_file() and not (root / str(resolv_conf)[1:]).exists():
        bind(str(resolv_conf), root / str(resolv_conf)[1:], _READ_ONLY)


def _name_user(root: Path) -> None:
    """Give the sandbox's user a name, which PostgreSQL asks for."""
    there, named = Path("/etc/passwd"), root / "passwd"
    if there.exists():
        uid = privileges.SANDBOX_UID
        own = f"{privileges.SANDBOX_USER}:x:{uid}:{uid}::/:/bin/sh\n"
        named.write_text(own + there.read_text(encoding="utf-8"), encoding="utf-8")
        bind(str(named), root / "etc/passwd", _READ_ONLY)
        named.unlink()


def _mount_proc(target: str, more: int) -> None:
    syscalls.mount("proc", target, "proc", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC | more)


if __name__ == "__main__":
    sys.exit(main())
