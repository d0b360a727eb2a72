"""A Valkey server of a test's own, on the loopback; it can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess

from tests.helpers.processes import OWN_LOOPBACK, wait_until


class ValkeyServer:
    """Runs in a folder and keeps nothing there."""

    def __init__(self, folder):
        with socket.create_server((OWN_LOOPBACK, 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"valkey://{OWN_LOOPBACK}:{self.port}"
        self._folder = folder
        self.start()

    def start(self):
        """Run until it answers."""
        self._process = subprocess.Popen(
            ["valkey-server", "--port", str(self.port), "--bind", OWN_LOOPBACK, "--save", "", "--dir", self._folder],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers, "valkey-server does not answer")

    def _answers(self):
        with contextlib.suppress(OSError), socket.create_connection((OWN_LOOPBACK, self.port), 1) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        return False

    def pause(self):
        """Let it take connections and answer nothing, as behind a partition."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self):
        """End the pause."""
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self):
        """End it as a crash would, if it has not ended."""
        self._process.kill()
        self._process.wait()
