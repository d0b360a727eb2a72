"""Analysis without packets: a template of sixty resources, and the matrix of a generated organisation.

    python bench/analyze.py [--vpcs 1000] [--functions 10000] [--destinations 200]

Prints a table. The organisation is measured at a quarter, a half and the whole of its size, so that growth shows.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from netful import sources
from netful.checks.facts.cloud_facts import Facts
from netful.checks.run import check
from netful.engine.trace.matrix import matrix
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from organisation import Size, destinations, organisation, sixty_resources

NETFUL = str(Path(sys.executable).with_name("netful"))
ROUNDS = 15


def measured(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of some rounds in milliseconds, after one to warm up."""
    action()
    samples = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        samples.append((time.perf_counter() - begun) * 1000)
    return statistics.median(samples)


def of_template(file: Path) -> list[tuple[str, str, str]]:
    """The sixty resources: in this process, and as a command."""
    command = [NETFUL, "trace", "Fn0", "aws:ssm", "-t", str(file)]
    loaded = sources.load([file])

    def traced() -> object:
        cloud = sources.load([file])
        return trace(cloud, parse(cloud, "Fn0", "aws:ssm"))

    return [
        ("60 resources: file → trace, in process", f"{measured(traced):.1f} ms", "60 ms"),
        (
            "60 resources: file → trace, a process",
            f"{measured(lambda: subprocess.run(command, check=True, capture_output=True)):.0f} ms",
            "450 ms",
        ),
        ("60 resources: one trace", f"{measured(lambda: trace(loaded, parse(loaded, 'Fn0', 'aws:ssm'))):.2f} ms", ""),
        ("60 resources: all checks", f"{measured(lambda: check(Facts(loaded))):.1f} ms", ""),
    ]


def of_organisation(whole: Size) -> list[tuple[str, str, str]]:
    """The matrix at a quarter, a half and the whole."""
    rows = []
    for share in (4, 2, 1):
        size = Size(whole.vpcs // share, whole.functions // share, whole.destinations)
        cloud = organisation(size)
        begun = time.perf_counter()
        found = matrix(cloud, cloud.compute.functions, destinations(size))
        took = time.perf_counter() - begun
        answers = sum(len(row.sources) for row in found.rows) * len(found.destinations)
        name = f"{size.vpcs:,} VPCs, {size.functions:,} functions, {size.destinations} destinations: matrix"
        rows.append((f"{name} of {answers:,} answers", f"{took:.2f} s", "10 s" if share == 1 else ""))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*rows, ("peak memory", f"{memory:,.0f} MB", "1,500 MB")]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("vpcs", 1000), ("functions", 10_000), ("destinations", 200)):
        options.add_argument(f"--{name}", type=int, default=value)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.yaml"
        file.write_text(sixty_resources(), encoding="utf-8")
        rows = of_template(file)
    rows += of_organisation(Size(given.vpcs, given.functions, given.destinations))
    print("| what | measured | goal |\n|---|---|---|")
    print("\n".join(f"| {what} | {took} | {goal} |" for what, took, goal in rows))


if __name__ == "__main__":
    main()
