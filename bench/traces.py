"""Traces: the gateway with 1 % of its requests sampled and exported, beside the gateway without traces.

The receiver accepts everything and keeps nothing. Rounds of both alternate, each with a stack of its own; the table has the
medians of rates and of the CPU time of a request, which other load of the machine disturbs less.

    python bench/traces.py [--seconds 3] [--rounds 3] [--sample 1%]
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import attrgetter
from pathlib import Path
from statistics import median

import gateway

ROUTES = ("mock", "hit", "lambda")
CONNECTIONS = 32


class Receiver(BaseHTTPRequestHandler):
    """A collector that forgets."""

    def do_POST(self) -> None:
        """Accept a batch."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Write nothing."""


@contextmanager
def receiver() -> Iterator[str]:
    """The URL of a collector."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def measured(options: tuple[str, ...], seconds: int) -> dict[str, gateway.Measured]:
    """The measurement of each route at a stack with these options."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        script = folder / "report.lua"
        script.write_text(gateway.REPORT)
        (folder / "stack").mkdir()
        with gateway.netful(folder / "stack", *options) as server:
            found = {route: gateway.measure(server, route, CONNECTIONS, seconds, script) for route in ROUTES}
    return {route: one for route, one in found.items() if one is not None}


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", default="1%")
    given = parser.parse_args()
    with receiver() as url:
        ways = {"off": (), given.sample: ("--otlp", url, "--sample", given.sample)}
        found: dict[str, list[dict[str, gateway.Measured]]] = {name: [] for name in ways}
        for _ in range(given.rounds):
            for name, options in ways.items():
                found[name].append(measured(options, given.seconds))
    off, on = ways
    print(f"| route, {CONNECTIONS} connections | off: req/s | {on}: req/s | | off: CPU µs | {on}: CPU µs | |")
    print("|---|---|---|---|---|---|---|")
    for route in ROUTES:
        cells = [
            cell
            for value, form in ((attrgetter("rate"), ",.0f"), (attrgetter("cpu_us"), ".1f"))
            for cell in compared(*([value(one[route]) for one in found[name]] for name in (off, on)), form)
        ]
        print(f"| {route} | {' | '.join(cells)} |")


def compared(off: list[float], on: list[float], form: str) -> tuple[str, ...]:
    """The medians, and their difference."""
    before, after = median(off), median(on)
    return format(before, form), format(after, form), f"{after / before - 1:+.1%}"


if __name__ == "__main__":
    main()
