"""A sandbox: from a fork of the zygote to pid 1 of an isolated process tree, with the runtime as its child.

The order matters: enter the network, make own mounts, drop all rights, set the parent-death signal (a change of
credentials clears it), then check whether the parent ended before (fabric §3, §7). All processes of the sandbox end
with pid 1.
"""

from __future__ import annotations

import json
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from netful.fabric.kernel import syscalls
from netful.functions.inside import file_mounts, image_root, kernel, parameters_extension, privileges, runtime
from netful.functions.inside.root import CA_BUNDLE, PACKAGES
from netful.functions.inside.supervisor import Supervisor, outcome

_NOT_FOUND = 127  # the exit code of a shell that does not find a program (lambda §3.8)
_HOSTNAME = "sandbox"
# Read-only: /proc/sys has the host's settings, and the sandbox owns them if its one id is the host's root.
_PROC = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC


@dataclass(frozen=True, slots=True)
class Order:
    """A start order: the daemon's message, the environment's folder, and descriptors.

    The last log is the extensions'.
    """

    message: dict[str, Any]
    folder: Path
    netns: int
    logs: tuple[int, ...]
    status: int
    zygote: int
    become_user: bool
    namespaces: dict[str, int]


def tell(status: int, **fields: object) -> None:
    """Write one line on a status pipe. It is short enough to be atomic, also with two writers."""
    os.write(status, json.dumps(fields).encode() + b"\n")


def run(order: Order) -> NoReturn:
    """Be pid 1 of a new sandbox until its runtime ends."""
    try:
        os.setsid()  # where the kernel shares processors by session (autogroup), a fork bomb gets no more than another sandbox
        proc = os.open("/proc", os.O_PATH)  # the sandbox's own /proc is read-only
        _isolate(order)
        _close_all_but(*order.logs, order.status, order.zygote, proc)
        privileges.drop(proc, become_user=order.become_user)
        kernel.set_dumpable(False)  # user code may have the same id, and must not write to our status pipe
        _die_with_zygote(order.zygote)
        refused = image_root.refused(order.message) if order.message["image"] else None
        if refused:
            tell(order.status, error_type=refused[0], error=refused[1])
        elif order.message["extensions"]:
            _supervise(order)
        else:
            _attend(order)
    except BaseException as error:  # noqa: BLE001  # whatever it is, report it to the daemon before the end
        tell(order.status, failed=f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)  # never back into the zygote's loop


def _isolate(order: Order) -> None:
    syscalls.setns(order.netns, syscalls.CLONE_NEWNET)
    socket.sethostname(_HOSTNAME)
    if order.message["image"]:
        image_root.enter(order.message["image"], order.folder, _PROC, partial(_mount_files, order))
        return
    bind = syscalls.MS_BIND
    syscalls.mount(f"{PACKAGES}/{order.message['package']}", "/var/task", flags=bind | syscalls.MS_REC)
    if order.message["layers"]:
        syscalls.mount(f"{PACKAGES}/{order.message['layers']}", "/opt", flags=bind | syscalls.MS_REC)
    for number, place in enumerate(order.message["bundles"]):
        _trust_also(place, order.folder / f"bundle-{number}")
    syscalls.mount(f"{order.folder}/tmp", "/tmp", flags=bind)  # noqa: S108  # the sandbox's own
    syscalls.mount(f"{order.folder}/resolv.conf", "/etc/resolv.conf", flags=bind)
    kernel.mount_setattr("/etc/resolv.conf", kernel.MOUNT_ATTR_RDONLY)
    _mount_files(order, "")
    syscalls.mount("proc", "/proc", "proc", _PROC)
    kernel.detach("/run")


def _trust_also(place: str, made: Path) -> None:
    """Append the stack's authority to a bundle of certificates, as code sees it; a file that is gone stays away."""
    with suppress(OSError), open(place, "rb", opener=_without_links) as bundle:
        made.write_bytes(bundle.read() + b"\n" + Path(CA_BUNDLE).read_bytes())
        syscalls.mount(str(made), place, flags=syscalls.MS_BIND)
        kernel.mount_setattr(place, kernel.MOUNT_ATTR_RDONLY)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _mount_files(order: Order, root: str) -> None:
    file_mounts.mount(root, order.message["files"], order.namespaces)


def _close_all_but(*kept: int) -> None:
    low = 0
    for descriptor in sorted(kept):
        if descriptor > low:
            kernel.close_descriptors(low, descriptor - 1)
        low = descriptor + 1
    kernel.close_descriptors(low)


def _die_with_zygote(zygote: int) -> None:
    # getppid() is 0 in a new pid namespace. So the zygote's pidfd shows whether it lives: it is readable after its end.
    syscalls.die_with_parent(os.getppid())
    if select.select([zygote], [], [], 0)[0]:
        os._exit(1)


def _attend(order: Order) -> None:
    """Start the runtime, and report its end."""
    child = os.fork()
    if child == 0:
        _become(order, order.logs[0], partial(_run_runtime, order.message))
    _close_all_but(order.status)
    tell(order.status, **outcome(_wait_for(child)))


def _supervise(order: Order) -> None:
    """Start the extensions, and the runtime after they have registered."""
    supervisor = Supervisor(order.status, lambda **fields: tell(order.status, **fields))
    for path in order.message["extensions"]:
        supervisor.start(
            Path(path).name, partial(_become, order, order.logs[-1], partial(_run_extension, order.message, path))
        )
    supervisor.run(partial(_become, order, order.logs[0], partial(_run_runtime, order.message)))


def _become(order: Order, log: int, program: Callable[[], NoReturn]) -> NoReturn:
    """Become a process of the user: keep a log, and no other descriptor of ours."""
    syscalls.die_with_parent(1)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    kernel.close_descriptors(3)
    os.setpgid(0, 0)  # the process group that is frozen between invocations
    kernel.set_dumpable(True)
    os.chdir(order.message["cwd"])
    try:
        program()
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    finally:
        os._exit(1)


def _run_runtime(message: dict[str, Any]) -> NoReturn:
    variables, program = message["variables"], message["program"]
    if program:
        try:
            os.execvpe(program[0], program, variables)  # noqa: S606  # no shell is the point
        except FileNotFoundError as error:
            os.write(2, f"{error}\n".encode())
            os._exit(_NOT_FOUND)
    runtime.run(message["handler"], variables)


def _run_extension(message: dict[str, Any], path: str) -> NoReturn:
    variables = message["extension_variables"]
    if path == parameters_extension.PATH:
        parameters_extension.run(variables)
    os.execve(path, [path], variables)  # noqa: S606  # no shell is the point


def _wait_for(child: int) -> int:
    while True:
        pid, status = os.wait()  # includes orphans of the sandbox
        if pid == child:
            return status
