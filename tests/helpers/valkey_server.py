"""A Valkey server of a test's own, on a loopback port; it can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import time


class ValkeyServer:
    """Runs in a folder and keeps nothing there."""

    def __init__(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"valkey://127.0.0.1:{self.port}"
        self._folder = folder
        self.start()

    def start(self):
        """Run until it answers."""
        command = [
            "valkey-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self._folder),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        raise RuntimeError("valkey-server does not answer")

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
