"""Runtimes of Lambda as plain processes: the least Runtime API that they need."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

EVENT = b'{"a": 1}'


class RuntimeApi:
    """The least Runtime API that a runtime needs: it gives out events, one after the other, and times the answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._connection, _ = listener.accept()
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._receive()  # it asks for its first event

    def invoke(self, number: int) -> None:
        """One event and its answer, until the next one is asked for."""
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(EVENT)}\r\n"
            f"Lambda-Runtime-Aws-Request-Id: id-{number}\r\nLambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 60_000}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:fn\r\n\r\n"
        )
        self._connection.sendall(head.encode() + EVENT)
        self._receive()
        self._connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self._receive()

    def _receive(self) -> bytes:
        """The body of the next request."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _more(self) -> None:
        data = self._connection.recv(65_536)
        assert data, "the runtime is gone"
        self._buffer += data

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    @classmethod
    @contextmanager
    def of(cls, command: list[str], folder: Path, handler: str = "") -> Iterator[Self]:
        """Start a runtime in a folder, and end it."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            host = f"127.0.0.1:{listener.getsockname()[1]}"
            variables = {"AWS_LAMBDA_RUNTIME_API": host, "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": handler}
            process = subprocess.Popen(
                command, cwd=folder, env={"PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1", **variables}
            )
            try:
                api = cls(listener)
                yield api
                api.close()
            finally:
                process.kill()
                process.wait()
