"""Proof for decision 14: environments of functions on another machine, by Ray actors and VXLAN.

Two network namespaces stand for two machines with a wire between them. An environment on the second has its interface in the VPC's
segment on the first, by VXLAN; a Ray actor there starts it and hands it events. Measured beside an environment on the first machine.
Needs root and `make ray`.

    python bench/remote_pool.py [--rounds 1000]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from goals import Line, table

HOME, AWAY, VPC, LOCAL, REMOTE = (f"netful-proof-{name}" for name in ("home", "away", "vpc", "local", "remote"))
WIRE = {HOME: "192.0.2.1", AWAY: "192.0.2.2"}
SERVICE = ("10.0.0.1", 7000)
ADDRESSES = {LOCAL: "10.0.0.5", REMOTE: "10.0.0.6"}
RAY_PORT, EVENTS_PORT = 6390, 7001
STREAM_BYTES = 256 << 20
PIECE = b"\0" * (1 << 16)

SEGMENT = f"""
ip link add wire netns {HOME} type veth peer name wire netns {AWAY}
ip -n {HOME} address add {WIRE[HOME]}/24 dev wire
ip -n {AWAY} address add {WIRE[AWAY]}/24 dev wire
ip -n {VPC} link add segment type bridge
ip -n {VPC} address add {SERVICE[0]}/24 dev segment
ip link add eni netns {LOCAL} type veth peer name local netns {VPC}
ip -n {HOME} link add remote type vxlan id 7 local {WIRE[HOME]} remote {WIRE[AWAY]} dstport 4789
ip -n {AWAY} link add eni type vxlan id 7 local {WIRE[AWAY]} remote {WIRE[HOME]} dstport 4789
ip -n {HOME} link set remote netns {VPC}
ip -n {AWAY} link set eni netns {REMOTE}
ip -n {VPC} link set local master segment up
ip -n {VPC} link set remote master segment up
ip -n {LOCAL} address add {ADDRESSES[LOCAL]}/24 dev eni
ip -n {REMOTE} address add {ADDRESSES[REMOTE]}/24 dev eni
ip -n {HOME} link set wire up
ip -n {AWAY} link set wire up
ip -n {VPC} link set segment up
ip -n {LOCAL} link set eni up
ip -n {REMOTE} link set eni up
"""
"""Links of both machines. A VXLAN device that moves to another namespace keeps sending by the one where it was made."""

ENVIRONMENT = """
import sys
for event in sys.stdin.buffer:
    sys.stdout.buffer.write(event)
    sys.stdout.buffer.flush()
"""


def inside(namespace: str, *words: str) -> list[str]:
    """The command in a namespace."""
    return ["ip", "netns", "exec", namespace, *words]


def python(namespace: str, part: str, *words: str) -> list[str]:
    """One part of this program, in a namespace."""
    return inside(namespace, sys.executable, __file__, "--part", part, *words)


@contextmanager
def machines() -> Iterator[None]:
    """The two machines and the VPC's segment."""
    namespaces = (HOME, AWAY, VPC, LOCAL, REMOTE)
    try:
        for namespace in namespaces:
            subprocess.run(["ip", "netns", "add", namespace], check=True)
            subprocess.run(["ip", "-n", namespace, "link", "set", "lo", "up"], check=True)
        for command in SEGMENT.strip().splitlines():
            subprocess.run(command.split(), check=True)
        yield
    finally:
        for namespace in namespaces:
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)


@contextmanager
def cluster() -> Iterator[None]:
    """A Ray node on each machine; the first has no processor for actors."""
    ray = str(Path(sys.executable).with_name("ray"))
    common = ("--disable-usage-stats", "--include-dashboard=false", "--block")
    head = [ray, "start", "--head", f"--port={RAY_PORT}", f"--node-ip-address={WIRE[HOME]}", "--num-cpus=0", *common]
    worker = [
        ray,
        "start",
        f"--address={WIRE[HOME]}:{RAY_PORT}",
        f"--node-ip-address={WIRE[AWAY]}",
        "--num-cpus=1",
        *common[::2],
    ]
    with ExitStack() as nodes:
        for namespace, words in ((HOME, head), (AWAY, worker)):
            process = subprocess.Popen(inside(namespace, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            nodes.callback(process.wait)
            nodes.callback(process.terminate)
        yield


class Environment:
    """A process in the network of a function, which answers events as a runtime does."""

    def __init__(self, namespace: str) -> None:
        command = inside(namespace, sys.executable, "-c", ENVIRONMENT)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def invoke(self, event: bytes) -> bytes:
        """Hand on an event, and return the response."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(event)
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def microseconds(action: Callable[[], object], rounds: int) -> float:
    """The median duration of an action."""
    samples = []
    for _ in range(rounds):
        begun = time.perf_counter_ns()
        action()
        samples.append((time.perf_counter_ns() - begun) / 1000)
    return statistics.median(samples)


def invocations(rounds: int) -> dict[str, float]:
    """Round trips of an event, from the first machine: part `invocations`."""
    import ray  # noqa: PLC0415  # the other parts start faster without it

    event = b'{"key": "value"}\n'
    here = Environment(LOCAL)
    ray.init(f"{WIRE[HOME]}:{RAY_PORT}", log_to_driver=False, logging_level="ERROR", _node_ip_address=WIRE[HOME])
    try:
        begun = time.perf_counter()
        pool = ray.remote(num_cpus=1)(Environment).remote(REMOTE)
        ray.get(pool.invoke.remote(event))
        started = time.perf_counter() - begun
        with socket.create_connection((WIRE[AWAY], EVENTS_PORT)) as connection, connection.makefile("rb") as answers:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def by_socket() -> None:
                connection.sendall(event)
                answers.readline()

            return {
                "here": microseconds(lambda: here.invoke(event), rounds),
                "by_ray": microseconds(lambda: ray.get(pool.invoke.remote(event)), rounds),
                "by_socket": microseconds(by_socket, rounds),
                "started": started * 1000,
            }
    finally:
        here.end()
        ray.shutdown()


def events(_: int) -> None:
    """Hand events of a connection to an environment on this machine: part `events`, on the second machine."""
    environment = Environment(REMOTE)
    with socket.create_server((WIRE[AWAY], EVENTS_PORT)) as server:
        print("ready", flush=True)
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as lines:
            for event in lines:
                connection.sendall(environment.invoke(event))
    environment.end()


def service(_: int) -> None:
    """Take connections, and all that they send: part `service`, in the VPC."""
    with socket.create_server(SERVICE, backlog=4096) as server:
        print("ready", flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                while connection.recv(1 << 20):
                    pass


def connections(rounds: int) -> dict[str, float]:
    """Connects to the service, and a stream to it: part `connections`, in the network of a function."""
    connect = microseconds(lambda: socket.create_connection(SERVICE).close(), rounds)
    begun = time.perf_counter()
    with socket.create_connection(SERVICE) as connection:
        for _ in range(STREAM_BYTES // len(PIECE)):
            connection.sendall(PIECE)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
    return {"connect": connect, "stream": STREAM_BYTES * 8 / (time.perf_counter() - begun) / 1e9}


PARTS: dict[str, Callable[[int], dict[str, float] | None]] = {
    "invocations": invocations, "events": events, "service": service, "connections": connections,
}  # fmt: skip


def measured(namespace: str, part: str, rounds: int) -> dict[str, float]:
    """What a part measures."""
    found = subprocess.run(python(namespace, part, "--rounds", str(rounds)), check=True, stdout=subprocess.PIPE)
    figures: dict[str, float] = json.loads(found.stdout)
    return figures


@contextmanager
def serving(namespace: str, part: str) -> Iterator[None]:
    """A part that serves meanwhile."""
    with subprocess.Popen(python(namespace, part), stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield
        finally:
            process.terminate()


def lines(rounds: int) -> list[Line]:
    """The rows of the table."""
    with machines():
        with serving(VPC, "service"):
            here, there = (measured(namespace, "connections", rounds) for namespace in (LOCAL, REMOTE))
        with serving(AWAY, "events"), cluster():
            found = measured(HOME, "invocations", rounds)
    local = "an environment on the first machine"
    return [
        Line("connect into the VPC, from the second machine", there["connect"], "µs", "", here["connect"], local),
        Line("one stream into the VPC, from the second machine", there["stream"], "Gbit/s", "", here["stream"], local),
        Line("an event and its response, by a call of a Ray actor", found["by_ray"], "µs", "", found["here"], local),
        Line("an event and its response, by a connection", found["by_socket"], "µs", "", found["here"], local),
        Line("start of an environment, by a Ray actor", found["started"], "ms"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        if found := PARTS[given.part](given.rounds):
            print(json.dumps(found))
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    print(table(lines(given.rounds)))


if __name__ == "__main__":
    main()
