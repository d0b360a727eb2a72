"""Giving up every right before user code runs: it could re-address its ENI otherwise (fabric §7).

Where more than one id is mapped (as root) the user becomes AWS's 993; inside a user namespace of one id it stays that
one, called 0 there, without any capability.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

from netful.functions.inside import kernel, seccomp

SANDBOX_UID = 993
SANDBOX_USER = "sbx_user1051"

# lambda §2.4, recorded; but no core files. The limit on processes counts over all sandboxes of a user id, so it is not
# AWS's 742 for each: it is there for the machine, which one fork bomb would bring down.
_LIMITS = (
    (resource.RLIMIT_NOFILE, 1024),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_MEMLOCK, 65_536),
    (resource.RLIMIT_NPROC, 8192),
)


def has_many_ids() -> bool:
    """Whether ids other than our own are mapped, so that a process may become another user."""
    fields = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return int(fields[2]) > SANDBOX_UID


def drop(*, become_user: bool) -> None:
    """Become AWS's user where possible, without capabilities, and without a way to gain any."""
    for limit, wanted in _LIMITS:
        _, most = resource.getrlimit(limit)
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(limit, (value, value))
    kernel.drop_bounding_set()
    if become_user:
        os.setgroups([])
        os.setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
        os.setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
    kernel.clear_capabilities()
    kernel.no_new_privileges()
    kernel.filter_calls(seccomp.program())
