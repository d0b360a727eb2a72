"""Other local clouds, each from when it answers until the end of a block. All listen on the loopback alone."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_SECONDS = 120
_END_SECONDS = 20
_SERVERLESS = """
service: bench
frameworkVersion: "3"
provider: {{name: aws, runtime: python{runtime}, region: us-east-1, stage: b}}
functions: {functions}
plugins: [serverless-offline]
custom: {{serverless-offline: {{httpPort: {http}, lambdaPort: {port}, websocketPort: {ws}, noTimeout: true}}}}
"""


@dataclass(frozen=True)
class Peer:
    """A server: its process, where it answers, and where its Lambda does."""

    pid: int
    port: int
    lambda_port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def runtime() -> str:
    """What Lambda calls the Python that runs here."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def serving(command: list[str], port: int, folder: Path, **variables: str) -> Iterator[Peer]:
    """Any server that listens on `port`; raises TimeoutError when it does not."""
    environment = {"PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}", "HOME": str(folder), **variables}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(process, port)
        yield Peer(process.pid, port, port)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{process.args!r} does not answer")


@contextlib.contextmanager
def ministack(program: str, folder: Path) -> Iterator[Peer]:
    """Ministack. Its APIs' host names end with `localhost`."""
    port = free_port()
    with serving([program], port, folder, GATEWAY_PORT=str(port), BIND_HOST="127.0.0.1") as peer:
        yield peer


@contextlib.contextmanager
def moto_server(program: str, folder: Path) -> Iterator[Peer]:
    """Moto's server: its API Gateway answers no requests, and its Lambda needs Docker."""
    port = free_port()
    with serving([program, "-H", "127.0.0.1", "-p", str(port)], port, folder) as peer:
        yield peer


@contextlib.contextmanager
def localstack(python: Path, folder: Path) -> Iterator[Peer]:
    """LocalStack as a process; it keeps its files in a folder."""
    port = free_port()
    variables = {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "FILESYSTEM_ROOT": str(folder),
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
    }
    with serving([str(python), "-m", "localstack.runtime.main"], port, folder, **variables) as peer:
        yield peer


@contextlib.contextmanager
def serverless(modules: Path, folder: Path, source: str, functions: str) -> Iterator[Peer]:
    """serverless-offline with functions out of `app.py`; APIs and Lambda have ports of their own."""
    (folder / "node_modules").symlink_to(modules / "node_modules")
    (folder / "package.json").write_text("{}")
    (folder / "app.py").write_text(source)
    http, port, websocket = free_port(), free_port(), free_port()
    text = _SERVERLESS.format(runtime=runtime(), functions=functions, http=http, port=port, ws=websocket)
    (folder / "serverless.yml").write_text(text)
    command = [str(folder / "node_modules/.bin/serverless"), "offline", "start", "--host", "127.0.0.1"]
    listens = http if "http" in functions else port  # without a route there is no API
    with serving(command, listens, folder, SLS_TELEMETRY_DISABLED="1", SLS_NOTIFICATIONS_MODE="off") as peer:
        yield Peer(peer.pid, http, port)
