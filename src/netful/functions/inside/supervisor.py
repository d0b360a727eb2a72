"""A sandbox's pid 1 if extensions run beside the runtime: it starts them, then the runtime at the daemon's command.

The daemon's commands are one byte each on the status socket: `go` after every extension has registered, `end` to ask
the runtime to end. The supervisor reports the end of an extension and of the runtime. The daemon decides which of them
ends the sandbox: it kills pid 1.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
from collections.abc import Callable

GO, END = b"g", b"t"
_NOT_STARTED, _ENDED = 0, -1  # in place of the runtime's process id


class Supervisor:
    """Starts processes and reports their ends. `tell` sends to the daemon; `status` receives the daemon's commands."""

    def __init__(self, status: int, tell: Callable[..., None]) -> None:
        self._status = status
        self._tell = tell
        self._children: dict[int, str] = {}
        self._runtime = _NOT_STARTED
        self._woken, wake = socket.socketpair()
        wake.setblocking(False)  # noqa: FBT003  # the socket's own interface
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake.detach())

    def start(self, name: str, child: Callable[[], None]) -> None:
        """Start an extension."""
        self._children[_fork(child)] = name

    def run(self, runtime: Callable[[], None]) -> None:
        """Follow the daemon's commands until it kills this process, or is gone."""
        while True:
            readable, _, _ = select.select([self._status, self._woken.fileno()], [], [])
            if self._woken.fileno() in readable:
                self._woken.recv(4096)
                self._reap()
            if self._status in readable:
                word = os.read(self._status, 1)
                if not word:
                    return
                if word == GO and self._runtime == _NOT_STARTED:
                    self._runtime = _fork(runtime)
                elif word == END and self._runtime > 0:
                    os.kill(self._runtime, signal.SIGTERM)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            if pid in self._children:
                self._tell(extension=self._children.pop(pid), code=code)
            elif pid == self._runtime:
                self._runtime = _ENDED
                self._tell(**outcome(status))


def _fork(child: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child()
        os._exit(1)
    return pid


def outcome(status: int) -> dict[str, int]:
    """Return a runtime's exit status in the form of the report."""
    code = os.waitstatus_to_exitcode(status)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"signal" if code < 0 else "exit": abs(code), "peak_kb": peak_kb}
