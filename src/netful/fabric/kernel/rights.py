"""Permissions on this machine: packets as root, packets as an ordinary user, or no packets.

They are determined by a trial in a short-lived child: capabilities, sysctls, AppArmor and seccomp all matter, and only
an attempt shows the result (fabric §6).
"""

import errno
import os
import re
import socket
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from netful.fabric.kernel import syscalls
from netful.fabric.kernel.nft import find_program
from netful.model.core import Frozen, RightsError

_CAP_NET_ADMIN, _CAP_SYS_ADMIN = 12, 21
_NEEDED_CAPABILITIES = 1 << _CAP_NET_ADMIN | 1 << _CAP_SYS_ADMIN


class Mode(StrEnum):
    """The way in which the network can be built."""

    ROOT = "root"
    ROOTLESS = "rootless"
    NONE = "none"


class Rights(Frozen):
    """The permissions of this process; `problems` are pairs (missing permission, fix)."""

    mode: Mode
    problems: tuple[tuple[str, str], ...] = ()

    def error(self) -> RightsError | None:
        """Return the error with every problem and its fix when no packets are possible."""
        if self.mode is not Mode.NONE:
            return None
        return RightsError(
            "this machine does not allow netful to build networks",
            why="; ".join(what for what, _ in self.problems),
            hint="; or ".join(fix for _, fix in self.problems if fix) + " (`trace` and `show` work without)",
        )

    def require(self) -> None:
        """Raise the error if there is one."""
        if (error := self.error()) is not None:
            raise error


# The causes that forbid user namespaces: setting, forbidding value, fix.
_SWITCHES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    *(
        (f"/proc/sys/user/max_{kind}_namespaces", "0", f"sysctl user.max_{kind}_namespaces=15000")
        for kind in ("user", "net", "mnt", "pid")
    ),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)


def is_root() -> bool:
    """Return whether this process may administer the network and mounts; root in a container often may not."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return int(effective, 16) & _NEEDED_CAPABILITIES == _NEEDED_CAPABILITIES


def find_rights() -> Rights:
    """Try the system calls that `up` needs and report the missing permissions."""
    problems: list[tuple[str, str]] = []
    if find_program() is None:
        problems.append(("`nft` is not installed", "apt-get install nftables"))
    if not _has_ipv6():
        problems.append(("IPv6 is off in the kernel", "boot without `ipv6.disable=1`"))
    mode = Mode.ROOT if is_root() else Mode.ROOTLESS
    refusal = _attempt(mode)
    if refusal.startswith(_READ_ONLY):
        problems.append(("/proc/sys is read-only", _FIX_FOR_SETTINGS))
    elif refusal:
        problems.append((f"namespaces are refused ({refusal})", _fix_for_namespaces()))
    return Rights(Mode.NONE if problems else mode, tuple(problems))


def _has_ipv6() -> bool:
    """Return whether the kernel opens sockets of IPv6; `disable_ipv6` of sysctl lets it, and `ipv6.disable` at boot does not."""
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        return False
    return True


def enter_user_namespace() -> None:
    """Become root of a new user namespace. The process must have only one thread."""
    uid, gid = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.CLONE_NEWUSER)
    for name, line in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        Path(f"/proc/self/{name}").write_text(line, encoding="ascii")


_EXCEPTION = re.compile(r"^\w+Error: \[Errno \d+\] ")
_ATTEMPT = """
import os
from netful.fabric.kernel import syscalls
from netful.fabric.kernel.rights import enter_user_namespace
if {rootless}:
    enter_user_namespace()
syscalls.unshare(syscalls.CLONE_NEWNET | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID)
with open("/proc/sys/net/ipv4/ip_forward", "w") as setting:  # of the new namespace
    setting.write("1")
syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
syscalls.mount("tmpfs", "/tmp", "tmpfs")
os.mkdir("/tmp/old")
syscalls.pivot_root("/tmp", "/tmp/old")
"""
_READ_ONLY = os.strerror(errno.EROFS)
_FIX_FOR_SETTINGS = "podman run --security-opt unmask=/proc/sys (docker run --security-opt systempaths=unconfined)"
_DOCKER = " ".join((
    "--cap-add SYS_ADMIN --cap-add NET_ADMIN",
    *(f"--security-opt {what}=unconfined" for what in ("seccomp", "apparmor", "systempaths")),
))  # fmt: skip


def _attempt(mode: Mode) -> str:
    """Return the kernel's error message, or "" if it allows the calls of `mode`."""
    program = _ATTEMPT.format(rootless=mode is Mode.ROOTLESS)
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    last_line = done.stderr.strip().rsplit("\n", 1)[-1]
    return _EXCEPTION.sub("", last_line) if done.returncode else ""


def _fix_for_namespaces() -> str:
    for path, forbids, fix in _SWITCHES:
        setting = Path(path)
        if setting.exists() and setting.read_text(encoding="ascii").strip() == forbids:
            return fix
    if Path("/run/.containerenv").exists():
        return "podman run --cap-add SYS_ADMIN,NET_ADMIN --security-opt unmask=/proc/sys"
    if Path("/.dockerenv").exists():
        return f"docker run --privileged (or {_DOCKER})"
    return "run as root, or allow user namespaces"
