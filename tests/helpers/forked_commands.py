"""Command lines of netful in processes forked from one that has imported netful, so that hundreds of them start quickly.

Rules:
1. A server imports what the command line and the daemon import. It forks a process for each command, which has its own
   arguments, environment, folder and streams, and runs the entry point of `netful`.
2. Where `launch` would start Python for the daemon of a stack, the command forks it.
3. Such a process ends without clearing memory, which takes longer than most commands.
4. What its commands leave running belongs to the server, which ends it when the tests have ended, also by a signal.

`python -P FILE NUMBER` is the server; the socket with that number brings the requests.
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

_LONGEST = 1 << 18  # of a request, in bytes
_PR_SET_CHILD_SUBREAPER = 36


class Commands:
    """The commands of one user: root, or the one that a prefix makes."""

    def __init__(self, prefix):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._server = subprocess.Popen([*prefix, sys.executable, "-P", __file__, str(number)], pass_fds=[number])

    def run(self, words, *, env, cwd, seconds, text=None, together=False):
        """Run a command, and return it as `subprocess.run` does; `together`: errors are part of the output."""
        sys.audit("subprocess.Popen", "netful", words, cwd, env)
        reading, writing = os.pipe()
        with (
            tempfile.TemporaryFile("w+") as given,
            tempfile.TemporaryFile("w+") as printed,
            tempfile.TemporaryFile("w+") as reported,
            os.fdopen(reading) as ended,
        ):
            given.write(text or "")
            given.seek(0)
            request = json.dumps({"words": [*map(str, words)], "env": env, "cwd": str(Path(cwd).absolute())}).encode()
            files = (given, printed, printed if together else reported)
            socket.send_fds(self._socket, [request], [*(file.fileno() for file in files), writing])
            os.close(writing)
            if not select.select([ended], [], [], seconds)[0]:
                raise subprocess.TimeoutExpired(words, seconds)
            status = int(ended.read())
            for file in (printed, reported):
                file.seek(0)
            return subprocess.CompletedProcess(words, status, printed.read(), reported.read())


class ForkedDaemon:
    """A daemon forked from the command that starts it: what `launch` uses of `subprocess.Popen`."""

    def __init__(self, command, *, pass_fds, cwd, **_):
        self.returncode = None
        reading, writing = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.setsid()
            os.chdir(cwd)
            nothing = os.open(os.devnull, os.O_RDWR)
            _take(nothing, nothing, writing)
            (ready,) = pass_fds
            os.closerange(3, ready)
            os.closerange(ready + 1, os.sysconf("SC_OPEN_MAX"))
            sys.argv = ["daemon", *command[4:]]
            _end_with(daemon.main)
        os.close(writing)
        self.stderr = os.fdopen(reading, "rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stderr.close()
        if self.returncode is None:
            os.waitpid(self._pid, 0)


class ForkingSubprocess:
    """What `launch` uses of the module `subprocess`."""

    Popen = ForkedDaemon
    DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE


def serve(requests):
    """Fork a process for each request, below one that waits for it and tells its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nothing waits for what ends
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    while True:
        message, descriptors, *_ = socket.recv_fds(requests, _LONGEST, 4)
        if not message:
            for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                os.kill(int(child), signal.SIGTERM)
            return
        if not os.fork():
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            *streams, telling = descriptors
            child = os.fork()
            if not child:
                os.close(telling)
                _run(json.loads(message), streams)
            _, status = os.waitpid(child, 0)
            os.write(telling, str(os.waitstatus_to_exitcode(status)).encode())
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _run(request, streams):
    _take(*streams)
    os.closerange(3, max(streams) + 1)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = ["netful", *request["words"]]
    _end_with(entry_point.main)


def _take(*streams):
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)


def _end_with(main):
    """Run a program's main function, and end the process as the program ends."""
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001  # as the interpreter does
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    import importlib
    import pkgutil

    import netful.cli
    from netful.cli import entry_point
    from netful.stack import daemon, proposals, stack, status  # noqa: F401
    from netful.stack.control import launch
    from netful.stack.verbs import verbs  # noqa: F401

    for module in pkgutil.iter_modules(netful.cli.__path__):
        importlib.import_module(f"netful.cli.{module.name}")
    launch.subprocess = ForkingSubprocess
    serve(socket.socket(fileno=int(sys.argv[1])))
