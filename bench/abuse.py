"""A gateway under attack: malformed requests, idle and slow connections, while another client is being served.

Starts a stack of its own and attacks its endpoint on the loopback, by one process beside it. The other client asks for a
MOCK method on a connection that it keeps. Half of the slow connections send a head byte by byte, half a body.

    python bench/abuse.py [--requests 100000] [--idle 10000] [--slow 1000] [--seed 1] [--rounds 1]
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import os
import platform
import random
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from malformed import draw, plain

NETFUL = str(Path(sys.executable).with_name("netful"))
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      DefinitionBody:
        swagger: "2.0"
        paths:
          /mock: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"message": "ok"}'}}}}}}
"""
HOST = b"api.execute-api.us-east-1.amazonaws.com"
HOSTS = (HOST, HOST, HOST, b"example.com", b"other.execute-api.us-east-1.amazonaws.com")
SOURCES = [f"127.0.0.{n}" for n in range(2, 60)]  # of one address there are not enough ports
AT_ONCE = 64
PACE = 0.002
PATIENCE = 120.0  # where the kernel drops a handshake's last packet, its client waits for ever


@dataclass
class Told:
    """What the attackers and the other client were told."""

    statuses: collections.Counter[str] = field(default_factory=collections.Counter)
    leaks: int = 0
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    wrong: int = 0
    idle_closed: int = 0
    slow: collections.Counter[str] = field(default_factory=collections.Counter)


async def connect(port: int, rng: random.Random) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(rng.choice(SOURCES), 0))


async def attack(port: int, rng: random.Random, count: list[int], told: Told) -> None:
    """Send malformed requests, one a connection, until `count` is used up."""
    while count[0] > 0:
        count[0] -= 1
        data = draw(rng, HOSTS)
        raw = b""
        with contextlib.suppress(ConnectionError):
            reader, writer = await connect(port, rng)
            try:
                writer.write(data)
                writer.write_eof()
                raw = await reader.read()
            finally:
                writer.close()
        found = re.match(rb"HTTP/1\.1 (\d)", raw)
        told.statuses[f"{found[1].decode()}xx" if found else "no answer"] += 1
        told.leaks += b"Traceback" in raw


async def ask(port: int, times: list[float], told: Told, until: asyncio.Event | None, most: int = 0) -> None:
    """Be served; note how long each answer takes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (until is not None and not until.is_set()) or len(times) < most:
        begin = time.perf_counter()
        writer.write(plain(HOST))
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))  # type: ignore[index]
        times.append((time.perf_counter() - begin) * 1000)
        told.wrong += not head.startswith(b"HTTP/1.1 200")
        await asyncio.sleep(PACE)
    writer.close()


async def idle(port: int, rng: random.Random, told: Told) -> None:
    """Connect and say nothing."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        reader, writer = await connect(port, rng)
        said = await asyncio.wait_for(reader.read(), PATIENCE)
        told.idle_closed += said == b""
        writer.close()


async def slow(port: int, rng: random.Random, told: Told, *, body: bool) -> None:
    """Send a request byte by byte until the server has had enough."""
    reader, writer = await connect(port, rng)
    coming = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
    if body:
        writer.write(b"POST /live/mock HTTP/1.1\r\nHost: %b\r\nContent-Length: 9000\r\n\r\n" % HOST)
    for byte in plain(HOST, more=b"X: y\r\n" * 9000):
        writer.write(bytes([byte]))
        await asyncio.wait({coming}, timeout=1)
        if coming.done():
            break
    try:
        told.slow[(await coming)[9:12].decode()] += 1
    except (ConnectionError, asyncio.IncompleteReadError):
        told.slow["no answer"] += 1
    writer.close()


async def run(port: int, given: argparse.Namespace, told: Told) -> None:
    """The whole attack."""
    rng = random.Random(given.seed)
    await ask(port, told.alone, told, None, 3000)
    over = asyncio.Event()
    other = asyncio.ensure_future(ask(port, told.beside, told, over))
    waiting = []
    for number in range(max(given.idle, given.slow)):
        if number < given.idle:
            waiting.append(asyncio.ensure_future(idle(port, rng, told)))
        if number < given.slow:
            waiting.append(asyncio.ensure_future(slow(port, rng, told, body=bool(number % 2))))
        if number % 100 == 0:
            await asyncio.sleep(0.01)
    count = [given.requests]
    await asyncio.gather(*(attack(port, rng, count, told) for _ in range(AT_ONCE)))
    await asyncio.gather(*waiting)
    over.set()
    await other


@contextlib.contextmanager
def stack() -> Iterator[tuple[int, int]]:
    """A running stack: its endpoint's port and its daemon's process."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        (folder / "template.yaml").write_text(TEMPLATE)
        environment = os.environ | {"NETFUL_STATE": str(folder / "state")}

        def netful(*arguments: str) -> str:
            command = [NETFUL, *arguments, "--stack", "abuse"]
            return subprocess.run(
                command, check=True, capture_output=True, text=True, cwd=folder, env=environment
            ).stdout

        netful("up", "-d", "--account-throttle", "1000000/1000000")
        try:
            status = json.loads(netful("status", "--format", "json"))
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(next((folder / "state").rglob("control.sock"))))
                peer = control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            yield int(status["endpoint_url"].rpartition(":")[2]), int.from_bytes(peer[:4], sys.byteorder)
            log = next((folder / "state").rglob("daemon.log")).read_text()
            print(f"\ntracebacks in the daemon's log: {log.count('Traceback')}")
        finally:
            netful("down")


def size(pid: int) -> tuple[int, float]:
    """A process's descriptors, and its resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return len([*Path(f"/proc/{pid}/fd").iterdir()]), int(found[1]) / 1024


def settled(pid: int, descriptors: int) -> tuple[int, float]:
    """What `size` is once the connections of an attack are gone."""
    deadline = time.monotonic() + 30
    while size(pid)[0] > descriptors and time.monotonic() < deadline:
        time.sleep(0.1)
    return size(pid)


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("requests", 100_000), ("idle", 10_000), ("slow", 1_000), ("seed", 1), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    told = Told()
    with stack() as (port, pid):
        subprocess.run(["curl", "-s", f"http://127.0.0.1:{port}/"], check=True, capture_output=True)
        before = size(pid)
        begin = time.perf_counter()
        after = []
        for _ in range(given.rounds):
            uvloop.run(run(port, given, told))
            after.append(settled(pid, before[0]))
        seconds = time.perf_counter() - begin
    answers = ", ".join(f"{name}: {number:,}" for name, number in sorted(told.statuses.items()))
    rows = {
        f"malformed requests in {seconds:.0f} s": f"{sum(told.statuses.values()):,}",
        "answered": answers,
        "answers with a traceback": str(told.leaks),
        f"idle connections, closed by the server: of {given.idle:,}": f"{told.idle_closed:,}",
        f"slow connections, answered: of {given.slow:,}": ", ".join(f"{s}: {n:,}" for s, n in told.slow.items()),
        "the other client: requests, not answered by 200": f"{len(told.beside):,}, {told.wrong}",
        "the other client: p50 and p99 alone": f"{statistics.median(told.alone):.2f}, {p99(told.alone):.2f} ms",
        "the other client: p50 and p99 meanwhile": f"{statistics.median(told.beside):.2f}, {p99(told.beside):.2f} ms",
        "the daemon's descriptors before and after": f"{before[0]}, {after[-1][0]}",
        "the daemon's memory before, and after each round": ", ".join(f"{mb:.0f}" for _, mb in (before, *after)) + " MB",
    }  # fmt: skip
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    print("| what | measured |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
