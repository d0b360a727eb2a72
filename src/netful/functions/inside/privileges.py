"""Dropping of every right before user code runs: it could change its ENI's address otherwise (fabric §7).

If more than one id is mapped (as root) the user becomes AWS's 993. Inside a user namespace of one id it stays that id,
called 0 there, without any capability.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

from netful.fabric.kernel import syscalls
from netful.functions.inside import kernel, seccomp

SANDBOX_UID = 993
SANDBOX_USER = "sbx_user1051"

LAMBDA_LIMITS = ((resource.RLIMIT_NOFILE, 1024), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_MEMLOCK, 65_536))
"""Lambda's (§2.4, recorded), but no core files."""
HOST_LIMITS = ((resource.RLIMIT_CORE, 0),)
"""Those of a host's program."""

# Processes are counted by user id and user namespace: in its own namespace a sandbox has Lambda's limit.
# If an ordinary user may create no namespace, one limit holds for all sandboxes together.
_PROCESSES, _PROCESSES_OF_ALL = 1024, 8192


def has_many_ids() -> bool:
    """Return whether ids other than our own are mapped, so that a process may become another user."""
    fields = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return int(fields[2]) > SANDBOX_UID


def drop(
    proc: int, *, become_user: bool, limits: tuple[tuple[int, int], ...] = LAMBDA_LIMITS, called: int | None = None
) -> None:
    """Become AWS's user if possible, without capabilities and without a way to gain any.

    `proc`: the descriptor of a writable /proc; it is closed. `called`: the id that the process sees as its own; None for the
    id that it has.
    """
    limit(limits)
    if become_user:
        os.setgroups([])
        os.setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
        os.setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
    alone = _enter_own_namespace(proc, called)
    os.close(proc)
    _set_limit(resource.RLIMIT_NPROC, _PROCESSES if alone else _PROCESSES_OF_ALL)
    kernel.drop_bounding_set()
    kernel.clear_capabilities()
    kernel.no_new_privileges()
    kernel.filter_calls(seccomp.program())


def _enter_own_namespace(proc: int, called: int | None) -> bool:
    """Enter a user namespace with only our own id; return False if that is not allowed."""
    uid, gid = os.getuid(), os.getgid()
    kernel.set_dumpable(True)  # after a change of user root owns our files in /proc
    try:
        syscalls.unshare(syscalls.CLONE_NEWUSER)
    except OSError:
        return False
    own_uid, own_gid = (uid, gid) if called is None else (called, called)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{own_uid} {uid} 1"), ("gid_map", f"{own_gid} {gid} 1")):
        descriptor = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(descriptor, text.encode())
        os.close(descriptor)
    return True


def limit(limits: tuple[tuple[int, int], ...]) -> None:
    """Limit the resources of this process."""
    for kind, wanted in limits:
        _set_limit(kind, wanted)


def _set_limit(limit: int, wanted: int) -> None:
    _, most = resource.getrlimit(limit)
    value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(limit, (value, value))
