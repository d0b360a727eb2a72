"""Requests at a constant rate to a running stack, by the program h2load.

Each request has a connection of its own, which opens when the request is due: a slow answer does not delay the next request, so
the waiting of later ones is measured (no coordinated omission).
"""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from netful.model.core import Frozen, StackError

PROGRAM = "h2load"
PACKAGE = "nghttp2-client"
_LONGEST_SECONDS = 900  # an invocation of Lambda
_MOST_OFF = 0.002  # of the rate, because h2load counts whole milliseconds


class Target(Frozen):
    """A request, and how often it is sent."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    rate: float
    requests: int


class Answers(Frozen):
    """The requests that were answered, each with its status and milliseconds (status -1: the connection broke), and the seconds of all."""

    requests: int
    answered: tuple[tuple[int, float], ...]
    seconds: float


def find_program() -> str | None:
    """Return the path of h2load."""
    return shutil.which(PROGRAM)


def send(targets: Iterable[Target]) -> tuple[Answers, ...]:
    """Send the requests of all targets at the same time, and return their answers."""
    program = find_program()
    if program is None:
        raise StackError(f"`{PROGRAM}` is not installed", hint=f"apt-get install {PACKAGE}")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        begun = time.monotonic()
        started = []
        for number, target in enumerate(targets):
            log = Path(folder, f"{number}.log")
            words = [program, *_words(target, Path(folder, f"{number}.body")), f"--log-file={log}", target.url]
            process = running.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
            running.callback(process.kill)
            started.append((target, process, log))
        return tuple(_answers(target, process, log, begun) for target, process, log in started)


def _words(target: Target, body: Path) -> Iterator[str]:
    """Yield the options of h2load for a target."""
    together, period = arrivals(target.rate)
    yield from ("--h1", "-r", str(together), f"--rate-period={period}ms", "-c", str(target.requests))
    yield from ("-n", str(target.requests), "-N", str(_LONGEST_SECONDS), "-H", f":method: {target.method}")
    for name, value in target.headers.items():
        yield from ("-H", f"{name}: {value}")
    if target.body:
        body.write_bytes(target.body)
        yield from ("-d", str(body))


def arrivals(rate: float) -> tuple[int, int]:
    """Return how many requests come together, and the milliseconds between: as few as the rate permits."""
    together = 1
    while True:
        period = max(1, round(together * 1000 / rate))
        if abs(together * 1000 / period - rate) <= _MOST_OFF * rate:
            return together, period
        together += 1


def _answers(target: Target, process: subprocess.Popen[bytes], log: Path, begun: float) -> Answers:
    output = process.communicate()[0].decode(errors="replace")
    lines = log.read_text(encoding="ascii").splitlines() if log.exists() else []
    if process.returncode or not log.exists():
        last = (output.strip().splitlines() or [""])[-1]
        raise StackError(f"`{PROGRAM}` cannot send requests to {target.url}", why=last)
    rows = (line.split("\t") for line in lines)
    answered = tuple((int(status), int(micros) / 1000) for _, status, micros in rows)
    return Answers(target.requests, answered, time.monotonic() - begun)
