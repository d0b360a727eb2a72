"""The first process of a container: it starts the command, passes signals on, collects orphans, and checks the health.

Until a container is healthy for the first time, its check runs often; a failed check counts once in an interval. It reports on a
status pipe, in JSON lines: {"health": …}.
"""

import json
import os
import signal
import time
from typing import Any

from netful.fabric.enter import CANNOT_START

_SIGNALS = {
    signal.SIGCHLD,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
}
_OFTEN = 0.2
_FOR_EVER = 3600.0

Ids = tuple[int, int] | None


def run(spec: dict[str, Any], ids: Ids) -> int:
    """Run the command of a container; return its exit code. `ids` are those that the command gets."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    main = _start(spec["command"], spec, ids)
    check = _Check(spec, ids) if spec["health"] else None
    while True:
        wait = check.tick() if check else _FOR_EVER
        got = signal.sigtimedwait(_SIGNALS, wait)
        if got is not None and got.si_signo != signal.SIGCHLD:
            os.kill(main, got.si_signo)
        while (reaped := _reaped()) is not None:
            pid, code = reaped
            if pid == main:
                return code if code >= 0 else 128 - code
            if check:
                check.ended(pid, code)


def _reaped() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, os.waitstatus_to_exitcode(status)) if pid else None


def _start(command: list[str], spec: dict[str, Any], ids: Ids, *, quiet: bool = False) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _become(command, spec, ids, quiet=quiet)
        except OSError as refusal:
            os.write(2, f"{command[0]}: {refusal.strerror}\n".encode())
        finally:
            os._exit(CANNOT_START)
    return pid


def _become(command: list[str], spec: dict[str, Any], ids: Ids, *, quiet: bool) -> None:
    os.close(spec["status"])
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    for descriptor in (1, 2) if quiet else ():
        os.dup2(null, descriptor)
    if ids is not None:
        os.setgroups([])
        os.setresgid(ids[1], ids[1], ids[1])
        os.setresuid(ids[0], ids[0], ids[0])
    os.chdir(spec["cwd"])
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.execvpe(command[0], command, spec["environment"])  # noqa: S606  # no shell is the point


class _Check:
    """The health check of a container."""

    def __init__(self, spec: dict[str, Any], ids: Ids) -> None:
        self._spec, self._ids = spec, ids
        self._settings = spec["health"]
        self._began = self._due = time.monotonic()
        self._pid = 0
        self._deadline = 0.0
        self._failures = 0
        self._counted_at = self._began
        self._told = ""

    def tick(self) -> float:
        """Start a check that is due, or end one that takes too long; return the seconds until the next of these."""
        now = time.monotonic()
        if self._pid and now >= self._deadline:
            os.kill(self._pid, signal.SIGKILL)
            self._deadline = now + _FOR_EVER
        if not self._pid and now >= self._due:
            self._pid = _start(self._settings["command"], self._spec, self._ids, quiet=True)
            self._deadline = now + self._settings["timeout"]
        return max(0.001, (self._deadline if self._pid else self._due) - now)

    def ended(self, pid: int, code: int) -> None:
        """Take the result of a check."""
        if pid != self._pid:
            return
        now, interval = time.monotonic(), self._settings["interval"]
        self._pid, self._due = 0, now + (interval if self._told == "HEALTHY" else min(_OFTEN, interval))
        if code == 0:
            self._failures = 0
            self._tell("HEALTHY")
        elif now >= self._began + self._settings["start_period"] and (
            self._told == "HEALTHY" or now >= self._counted_at + interval
        ):
            self._failures, self._counted_at = self._failures + 1, now
            if self._failures >= self._settings["retries"]:
                self._tell("UNHEALTHY")

    def _tell(self, health: str) -> None:
        if health != self._told:
            self._told = health
            os.write(self._spec["status"], json.dumps({"health": health}).encode() + b"\n")
