"""Forking of sandboxes: the zygote's loop.

Messages from the daemon: `start` (with descriptors: network namespace, log pipe, status pipe, and a log pipe for
extensions if any run), `kill`, and `release`, after which the environment's /tmp is gone. A sandbox's status pipe
reports its events.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from pathlib import Path
from typing import Any

from netful.fabric.kernel import syscalls
from netful.functions.inside import control, file_mounts, kernel, privileges, sandbox
from netful.functions.inside.root import ENVIRONMENTS

_DESCRIPTORS = 3  # at least: a network namespace, a log pipe, a status pipe
_NEW_NAMESPACES = syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS


class Forker:
    """The forking loop: environments by name, their sandboxes by pidfd."""

    def __init__(self, daemon: socket.socket) -> None:
        self._daemon = daemon
        self._own_pidfd = os.pidfd_open(os.getpid())
        self._become_user = privileges.has_many_ids()
        self._poll = select.poll()
        self._poll.register(daemon, select.POLLIN)
        self._pids: dict[str, int] = {}
        self._namespaces: dict[str, int] = {}
        self._watched: dict[int, tuple[str, int]] = {}

    def run(self) -> None:
        """Serve until the daemon is gone."""
        handlers = {"start": self._start, "kill": self._kill, "release": self._release}
        while True:
            for fd, _ in self._poll.poll():
                if fd != self._daemon.fileno():
                    self._reap(fd)
                    continue
                received = control.receive(self._daemon)
                if received is None:
                    return
                message, descriptors = received
                handlers[message["do"]](message, descriptors)

    def _start(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if (
            len(descriptors) < _DESCRIPTORS
        ):  # none were free: with the last copy of the status pipe the daemon sees an end
            for descriptor in descriptors:
                os.close(descriptor)
            return
        netns, log, status, *of_extensions = descriptors
        try:
            folder = _environment_folder(message)
            logs = (log, *of_extensions)
            file_mounts.namespaces_for(message["files"], self._namespaces)
            pid = self._fork(
                sandbox.Order(
                    message, folder, netns, logs, status, self._own_pidfd, self._become_user, self._namespaces
                )
            )
        except OSError as error:
            sandbox.tell(status, failed=str(error))
        else:
            sandbox.tell(status, pid=pid)
            self._watch(message["environment"], pid)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _fork(self, order: sandbox.Order) -> int:
        pid = kernel.fork_into(_NEW_NAMESPACES)
        if pid == 0:
            sandbox.run(order)
        return pid

    def _watch(self, environment: str, pid: int) -> None:
        pidfd = os.pidfd_open(pid)
        self._pids[environment] = pid
        self._watched[pidfd] = (environment, pid)
        self._poll.register(pidfd, select.POLLIN)

    def _reap(self, pidfd: int) -> None:
        self._poll.unregister(pidfd)
        environment, pid = self._watched.pop(pidfd)
        os.close(pidfd)
        os.waitpid(pid, 0)
        if self._pids.get(environment) == pid:  # the environment may already have its next sandbox
            del self._pids[environment]

    def _kill(self, message: dict[str, Any], _descriptors: list[int]) -> None:
        pid = self._pids.get(message["environment"])
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def _release(self, message: dict[str, Any], descriptors: list[int]) -> None:
        self._kill(message, descriptors)
        folder = Path(ENVIRONMENTS, message["environment"])
        if folder.exists():
            kernel.detach(str(folder / "tmp"))
            (folder / "tmp").rmdir()
            (folder / "resolv.conf").unlink()
            folder.rmdir()


def _environment_folder(message: dict[str, Any]) -> Path:
    """Return the folder that outlives an environment's sandboxes: its /tmp survives a reset (lambda §3.1)."""
    folder = Path(ENVIRONMENTS, message["environment"])
    if not folder.exists():
        (folder / "tmp").mkdir(parents=True)
        flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
        syscalls.mount("tmpfs", str(folder / "tmp"), "tmpfs", flags, f"size={message['tmp_mb']}m,mode=1777")
        (folder / "resolv.conf").write_text(f"nameserver {message['nameserver']}\n", encoding="ascii")
    return folder
