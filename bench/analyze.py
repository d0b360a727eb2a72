"""Analysis without packets: a template of sixty resources, and the matrix of a generated organisation.

    python bench/analyze.py [--vpcs 10000] [--functions 100000] [--destinations 200]

Prints a table. The organisation is measured at a tenth and the whole of its size, so that growth shows.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from goals import Line, table
from netful import sources
from netful.checks.facts.cloud_facts import Facts
from netful.checks.run import check
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.library.network import Network
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


def of_template(file: Path) -> list[Line]:
    """The sixty resources: in this process, and as a command."""
    command = [NETFUL, "trace", "Fn0", "aws:ssm", "-t", str(file)]
    loaded = sources.load([file])

    def traced() -> object:
        cloud = sources.load([file])
        return trace(cloud, parse(cloud, "Fn0", "aws:ssm"))

    process = measured(lambda: subprocess.run(command, check=True, capture_output=True))
    one = measured(lambda: trace(loaded, parse(loaded, "Fn0", "aws:ssm")))
    return [
        Line("60 resources: file → trace, in process", measured(traced), "ms", "≤ 60 ms"),
        Line("60 resources: file → trace, a process", process, "ms", "≤ 450 ms"),
        Line("60 resources: one trace", one, "ms"),
        Line("60 resources: all checks", measured(lambda: check(Facts(loaded))), "ms", "≤ 30 ms"),
    ]


def of_organisation(whole: Size) -> list[Line]:
    """The matrix at a tenth and the whole."""
    lines = []
    for share in (10, 1):
        size = Size(whole.vpcs // share, whole.functions // share, whole.destinations)
        cloud = organisation(size)
        network, before = Network(cloud), sum(os.times()[:4])
        begun = time.perf_counter()
        found = network.matrix(cloud.compute.functions, destinations(size))
        took = time.perf_counter() - begun
        for fork in multiprocessing.active_children():
            fork.join()
        used = sum(os.times()[:4]) - before
        answers = sum(len(row.sources) for row in found.rows) * len(found.destinations)
        name = f"{size.vpcs:,} VPCs, {size.functions:,} functions, {size.destinations} destinations: matrix"
        goal = "≤ 60 s" if size == Size(10_000, 100_000, 200) else ""
        lines.append(Line(f"{name} of {answers:,} answers", took, "s", goal, note=f"{used:.1f} s of processor time"))
    forks = len(os.sched_getaffinity(0)) * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + forks
    note = "the forks' largest for each, pages that they share counted each time"
    return [*lines, Line("matrix: peak memory of all processes", memory, "MB", "≤ 1,500 MB", note=note)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("vpcs", 10_000), ("functions", 100_000), ("destinations", 200)):
        options.add_argument(f"--{name}", type=int, default=value)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.yaml"
        file.write_text(sixty_resources(), encoding="utf-8")
        lines = of_template(file)
    print(table([*lines, *of_organisation(Size(given.vpcs, given.functions, given.destinations))]))


if __name__ == "__main__":
    main()
