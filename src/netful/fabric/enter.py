"""Command in a network position: `python -m netful.fabric.enter SPEC -- COMMAND...`, started by the daemon.

SPEC is JSON: {"netns": fd, "parent": pid, "resolv_conf": path, "ca_bundle": path, "cwd": path}. Three processes:

    A  enters the network namespace, makes mount and pid namespaces, dies with the daemon
    B  is pid 1 of the pid namespace: its end ends everything inside; passes signals on and collects orphans
    C  is the command

Inside, the position's resolver resolves names (sockets of name service daemons are hidden, because they would bypass
it), netful's certificate authority is trusted, and shared memory is the command's own: a PostgreSQL that is killed leaves its
files in /dev/shm. Exit code: the command's, 128 + n if signal n ended it, 127 if it
could not be started.
"""

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from netful.fabric.kernel import syscalls

_HIDDEN = ("/run/nscd", "/var/run/nscd", "/run/systemd/resolve", "/run/dbus", "/run/avahi-daemon")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108  # the place of the mount
_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_LOW_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_SPACES = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWIPC
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGWINCH)
CANNOT_START = 127


def main() -> int:
    """Prepare the namespaces and run the command."""
    spec, command = json.loads(sys.argv[1]), sys.argv[3:]
    enter(spec["netns"])
    set_files(spec)
    os.chdir(spec["cwd"])
    own_pid = os.getpid()
    child = os.fork()
    if child == 0:
        syscalls.die_with_parent_across_namespaces(own_pid)
        os._exit(_be_init(command))
    syscalls.die_with_parent(spec["parent"])
    return wait_for(child)


def enter(netns: int, *, as_host: bool = False) -> None:
    """Enter a network namespace, in new mount, pid and ipc namespaces. A host also has a name, and ports below 1024 for all its users."""
    syscalls.setns(netns, syscalls.CLONE_NEWNET)
    os.close(netns)
    if as_host:
        _LOW_PORTS.write_text("0", encoding="ascii")
    syscalls.unshare(_SPACES | (syscalls.CLONE_NEWUTS if as_host else 0))
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)


def set_files(spec: dict[str, str]) -> None:
    """Put the position's resolver, certificates and shared memory in place of the machine's."""
    resolv_conf = Path("/etc/resolv.conf").resolve()
    if resolv_conf.exists():
        syscalls.mount(spec["resolv_conf"], str(resolv_conf), None, syscalls.MS_BIND)
    bundle = Path(_CA_BUNDLE).resolve()
    if bundle.exists():
        syscalls.mount(spec["ca_bundle"], str(bundle), None, syscalls.MS_BIND)
    for hidden in {Path(path).resolve() for path in _HIDDEN}:
        if hidden.is_dir():
            syscalls.mount("tmpfs", str(hidden), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4k")
    if Path(_SHARED_MEMORY).is_dir():
        syscalls.mount("tmpfs", _SHARED_MEMORY, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=1777")


def _be_init(command: list[str]) -> int:
    syscalls.mount("proc", "/proc", "proc", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC)
    return run(command)


def run(command: list[str]) -> int:
    """Run a command as pid 1 of its processes; return its exit code."""
    child = os.fork()
    if child == 0:
        for number in FORWARDED:
            signal.signal(number, signal.SIG_DFL)
        try:
            os.execvp(command[0], command)  # noqa: S606  # the user's own command
        except OSError as refusal:
            os.write(2, f"netful: {command[0]}: {refusal.strerror}\n".encode())
            os._exit(CANNOT_START)
    return wait_for(child)


def wait_for(child: int) -> int:
    """Forward signals to `child`, reap all other processes, and exit with the child's exit code."""

    def forward(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in FORWARDED:
        signal.signal(number, forward)
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
