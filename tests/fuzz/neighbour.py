"""Search for the request with the worst delay for another client.

One client sends drawn requests to a gateway over drawn templates, one after another. Another one, a process of its own, asks all
the time for a constant, and notes the longest wait of each batch of requests. Where it stands out, every request of the batch is
tried again alone, and the worst of them some more times. A wait is in CPU time of the gateway, which other work of the machine does
not change.
"""

import contextlib
import ctypes
import json
import multiprocessing
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz import draws

HOST = b"api.execute-api.us-east-1.amazonaws.com"
QUIET = b"GET /live/quiet HTTP/1.1\r\nHost: " + HOST + b"\r\n\r\n"
LIMIT = 0.05
_BATCHES, _BATCH = 40, 25  # of one template, and requests of a batch
_REST = 2.0
_AGAIN = 3
_PATIENCE = 30.0


@dataclass
class Found:
    """Results: the other client's worst delay at rest, and beside requests, in seconds."""

    seed: int
    rest: float = 0.0
    worst: float = 0.0
    request: str = ""
    requests: int = 0
    unanswered: int = 0
    statuses: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the results in words."""
        yield f"{self.requests:,} requests, seed {self.seed}; {dict(sorted(self.statuses.items()))}, {self.unanswered} unanswered"
        yield f"another client's worst delay, in the gateway's CPU time: {self.rest * 1000:.1f} ms at rest, {self.worst * 1000:.1f} ms beside requests"
        if self.request:
            yield f"the worst one: {self.request}"


class Neighbour:
    """The other client: a process that asks for a constant, and notes the longest wait."""

    def __init__(self, port: int, gateway: int) -> None:
        shared = multiprocessing.get_context("spawn")
        self._worst = shared.Value(ctypes.c_double, 0.0)
        self._count = shared.Value(ctypes.c_long, 0)
        self._process = shared.Process(target=_ask, args=(port, gateway, self._worst, self._count), daemon=True)
        self._process.start()
        self.settle()

    def settle(self) -> float:
        """Return the longest wait since the last time, once a request that began now is answered."""
        before = self._count.value
        deadline = time.monotonic() + _PATIENCE
        while self._count.value < before + 2 and time.monotonic() < deadline:
            time.sleep(0.0005)
        with self._worst.get_lock():
            worst, self._worst.value = self._worst.value, 0.0
        return worst if self._count.value >= before + 2 else _PATIENCE

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def _ask(port, gateway, worst, count):
    clock = ~gateway << 3 | 2  # the process's CPU time, as clock_getcpuclockid(3) makes it
    with socket.create_connection(("127.0.0.1", port)) as sock:
        while True:
            began = time.clock_gettime(clock)
            sock.sendall(QUIET)
            _answer(sock)
            waited = time.clock_gettime(clock) - began
            with worst.get_lock():
                worst.value = max(worst.value, waited)
            count.value += 1
            time.sleep(0.001)


def _answer(sock: socket.socket) -> bytes:
    """Return a whole answer; raise ConnectionError if there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise ConnectionError
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    missing = int(found[1]) - len(body) if found else 0
    while missing > 0:
        more = sock.recv(1 << 20)
        if not more:
            raise ConnectionError
        missing -= len(more)
    return head


@contextlib.contextmanager
def served(template: object) -> Iterator[tuple[int, int]]:
    """The port and the process of a gateway over a template."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.json")
        file.write_text(json.dumps(template).replace("\\ud800", "x"))  # templates have no halves of pairs
        command = [sys.executable, "-m", "tests.fuzz.served", str(file)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()
            process.communicate()


def search(seed: int, seconds: float, most: int, found: Found | None = None) -> Found:
    """Return the results of drawn requests; a request is described by the seed and the numbers that draw it again."""
    found = found or Found(seed)
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end and found.requests < most:
        with served(draws.template(random.Random(f"{seed}/{number}"))) as (port, gateway):
            _attack(port, gateway, number, found, end, most)
        number += 1
    return found


def _attack(port: int, gateway: int, template: int, found: Found, end: float, most: int) -> None:
    neighbour = Neighbour(port, gateway)
    try:
        if not found.rest:
            time.sleep(_REST)
            found.rest = neighbour.settle()
        for batch in range(_BATCHES):
            if time.monotonic() > end or found.requests >= most:
                return
            places = [f"{found.seed}/{template}/{batch}/{number}" for number in range(_BATCH)]
            requests = {place: draws.request(random.Random(place), HOST) for place in places}
            found.requests += len(requests)
            if _delay(port, requests.values(), neighbour, found) > found.worst:
                for place, data in requests.items():
                    _judge(port, place, data, neighbour, found)
    finally:
        neighbour.close()


def _judge(port: int, place: str, data: bytes, neighbour: Neighbour, found: Found) -> None:
    """Note a request if the delay that it causes is the worst so far, and stays so."""
    delay = _delay(port, [data], neighbour, found)
    for _ in range(_AGAIN):
        if delay <= found.worst:
            return
        delay = min(delay, _delay(port, [data], neighbour, found))
    found.worst, found.request = delay, place


def _delay(port: int, requests: Iterable[bytes], neighbour: Neighbour, found: Found) -> float:
    """Return the other client's longest wait while requests are answered, one after another."""
    neighbour.settle()
    for data in requests:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as sock:
                sock.sendall(data)
                status = _answer(sock)[9:12].decode()
                found.statuses[status] = found.statuses.get(status, 0) + 1
        except OSError:
            found.unanswered += 1
    return neighbour.settle()
