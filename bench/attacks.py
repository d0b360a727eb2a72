"""The worst delay of a client while something attacks the stack that serves it.

Starts a stack of its own. The client asks for a MOCK method every two milliseconds, at rest and then under each attack: by a
hostile function, by clients on the loopback, or by a question to the control socket.

    python bench/attacks.py [--seconds 3] [NAME …]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import multiprocessing
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hostile_functions
from abuse import size
from malformed import plain
from netful.stack.control import wire
from netful.stack.control.client import Client

NETFUL = os.environ.get("NETFUL") or str(Path(sys.executable).with_name("netful"))
API = b"api.execute-api.us-east-1.amazonaws.com"
CHAT = b"chat.execute-api.us-east-1.amazonaws.com"
PACE = 0.002
PATIENCE = 60.0
MEMORY_MB = 512
_MOCK = """type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200"}}"""
_TEMPLATE = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {{Type: REGIONAL}}
      DefinitionBody: {{swagger: "2.0", paths: {{/mock: {{get: {{x-amazon-apigateway-integration: {{{_MOCK}}}}}}}}}}}
  Chat: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}}}
  ChatStage: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Chat, StageName: live, AutoDeploy: true}}}}
"""


def template() -> str:
    """The template of the stack: an API, a WebSocket API and all hostile functions."""
    functions = {
        _logical(name): {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "InlineCode": hostile_functions.source(name), "Handler": "index.handler", "Timeout": 60,
                "MemorySize": MEMORY_MB, "Runtime": f"python3.{sys.version_info.minor}",
            },
        }
        for name in hostile_functions.NAMES
    }  # fmt: skip
    return _TEMPLATE + "".join(f"  {name}: {json.dumps(value)}\n" for name, value in functions.items())


def _logical(name: str) -> str:
    return "".join(part.title() for part in name.split("-"))


@dataclass(frozen=True)
class Target:
    """The stack under attack: its port on the loopback, its daemon's process, and how long an attack lasts."""

    port: int
    pid: int
    seconds: float


@dataclass
class Worst:
    """A client's longest delay, and the daemon's longest work while one request waited, in milliseconds."""

    delay: float = 0.0
    work: float = 0.0


def by_function(name: str) -> Callable[[Target], str]:
    """Attack by an invocation of a hostile function."""

    def attack(target: Target) -> str:
        payload = base64.b64encode(json.dumps({"seconds": target.seconds}).encode()).decode()
        with Client("attacks") as client:
            done = client.call("invoke", function=_logical(name), payload=payload)
        return (done["function_error"] or "") + base64.b64decode(done["payload"]).decode()[:60]

    return attack


def _flood(target: Target, first: bytes, again: bytes) -> str:
    """Send bytes on one connection and read what comes back."""
    sent, end, left = 0, time.monotonic() + target.seconds, again
    with socket.create_connection(("127.0.0.1", target.port)) as connection:
        connection.sendall(first)
        connection.setblocking(False)  # noqa: FBT003  # the socket's own interface
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < end:
                with contextlib.suppress(BlockingIOError):
                    number = connection.send(left)
                    sent, left = sent + number, left[number:] or again
                with contextlib.suppress(BlockingIOError):
                    while connection.recv(1 << 20):
                        pass
    return f"{sent / 1e6:.0f} MB"


def requests(target: Target) -> str:
    """Send requests without waiting for answers."""
    return _flood(target, b"", plain(API) * 3000)


def unmatched(target: Target) -> str:
    """Send requests that no API answers, without waiting."""
    return _flood(target, b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 6000)


def _handshake() -> bytes:
    more = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    return plain(CHAT, b"/live", more=more)


def messages(target: Target) -> str:
    """Send small WebSocket messages."""
    return _flood(target, _handshake(), (b"\x81\x81\0\0\0\0x") * 10000)


def pings(target: Target) -> str:
    """Send WebSocket pings."""
    return _flood(target, _handshake(), (b"\x89\x80\0\0\0\0") * 10000)


def empty_frames(target: Target) -> str:
    """Send empty fragments of a WebSocket message."""
    return _flood(target, _handshake(), b"\x01\x80\0\0\0\0" + (b"\x00\x80\0\0\0\0") * 10000)


def question(target: Target) -> str:
    """Ask the control socket for the trace of a name of 12 MB."""
    end, asked = time.monotonic() + target.seconds, 0
    while time.monotonic() < end:
        with Client("attacks") as client, contextlib.suppress(Exception):
            client.call("trace", source="Lines", destination="https://" + "a." * 6_000_000)
        asked += 1
    return f"{asked} questions of 12 MB"


ATTACKS: dict[str, Callable[[Target], str]] = {
    **{name: by_function(name) for name in hostile_functions.NAMES},
    **{f.__name__.replace("_", "-"): f for f in (requests, unmatched, messages, pings, empty_frames, question)},
}


def worst(target: Target, until: Callable[[], bool]) -> Worst:
    """The worst of a client's requests; the work is what the machine's other processes do not change."""
    found = Worst()
    clock = ~target.pid << 3 | 2  # the process's CPU time, as clock_getcpuclockid(3) makes it
    with socket.create_connection(("127.0.0.1", target.port)) as connection:
        connection.settimeout(PATIENCE)
        while not until():
            begin, worked = time.perf_counter(), time.clock_gettime(clock)
            connection.sendall(plain(API))
            _read_answer(connection)
            found.delay = max(found.delay, (time.perf_counter() - begin) * 1000)
            found.work = max(found.work, (time.clock_gettime(clock) - worked) * 1000)
            time.sleep(PACE)
    return found


def _read_answer(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    found = re.search(rb"Content-Length: (\d+)", head)
    left = int(found[1]) - len(body) if found else 0
    while left > 0:
        left -= len(connection.recv(left))


@contextlib.contextmanager
def stack() -> Iterator[tuple[int, int]]:
    """A running stack: its endpoint's port and its daemon's process."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        (folder / "template.yaml").write_text(template())
        os.environ["NETFUL_STATE"] = str(folder / "state")

        def netful(*arguments: str) -> str:
            command = [NETFUL, *arguments, "--stack", "attacks"]
            return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout

        netful("up", "-d", "--account-throttle", "1000000/1000000")
        try:
            status = json.loads(netful("status", "--format", "json"))
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(next((folder / "state").rglob("control.sock"))))
                peer = control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            yield int(status["endpoint_url"].rpartition(":")[2]), int.from_bytes(peer[:4], sys.byteorder)
        finally:
            netful("down", "--force")


def _run(name: str, target: Target, told: multiprocessing.Queue[str]) -> None:
    try:
        told.put(ATTACKS[name](target))
    except Exception as error:  # noqa: BLE001  # an attack that is refused is an outcome
        told.put(f"{type(error).__name__}: {error}"[:60])


def measure(name: str, target: Target) -> tuple[str, Worst, Worst]:
    """The attack's load; what the client saw at rest and under attack."""
    end = time.monotonic() + target.seconds
    rest = worst(target, lambda: time.monotonic() > end)
    told: multiprocessing.Queue[str] = multiprocessing.Queue()
    attacker = multiprocessing.Process(target=_run, args=(name, target, told))
    attacker.start()
    deadline = time.monotonic() + target.seconds * 5
    try:
        attacked = worst(target, lambda: not attacker.is_alive() or time.monotonic() > deadline)
    except OSError:
        attacked = Worst(float("inf"), float("inf"))
    attacker.kill()
    attacker.join()
    return told.get() if not told.empty() else "not over", rest, attacked


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("names", nargs="*", default=[*ATTACKS], metavar="NAME")
    given = parser.parse_args()
    assert wire.LIMIT > 12_000_000
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    print(
        "| attack | its load | worst delay at rest, ms | under attack | above rest | daemon's work meanwhile | its memory, MB |"
    )
    print("|---|---|---|---|---|---|---|")
    with stack() as (port, pid):
        for name in given.names:
            load, rest, attacked = measure(name, Target(port, pid, given.seconds))
            figures = (rest.delay, attacked.delay, attacked.delay - rest.delay, attacked.work, size(pid)[1])
            print(f"| {' | '.join((name, load, *(f'{figure:.0f}' for figure in figures)))} |", flush=True)
            time.sleep(0.5)


if __name__ == "__main__":
    main()
