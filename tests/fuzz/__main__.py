"""Fuzzers by time: `python -m tests.fuzz --minutes 10 [--seed 7]`. The exit code is 1 if one of them finds something."""

import argparse
import random
import sys

from tests.fuzz import neighbour, parsers

_OF_NEIGHBOUR = 0.7  # of the time


def main() -> int:
    """Run all fuzzers and print their results."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--requests", type=int, default=1 << 60, help="requests at most")
    given = parser.parse_args()
    say(f"seed {given.seed}")
    seconds = given.minutes * 60
    found = neighbour.search(given.seed, seconds * _OF_NEIGHBOUR, given.requests)
    for line in found.lines():
        say(line)
    faults = found.unanswered + (found.worst > found.rest + neighbour.LIMIT)
    for name, target in parsers.TARGETS.items():
        report = parsers.search(target, f"{given.seed}/{name}", seconds * (1 - _OF_NEIGHBOUR) / len(parsers.TARGETS))
        say(
            f"{name}: {report.inputs:,} inputs, the slowest long one {report.slowest * 1000:.0f} ms, {len(report.faults)} faults"
        )
        for fault in report.faults[:5]:
            say(f"  {fault}")
        faults += len(report.faults)
    return 1 if faults else 0


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201  # it is a program


if __name__ == "__main__":
    sys.exit(main())
