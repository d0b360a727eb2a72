"""Start: `netful trace` and `check` as processes, beside the floor: Python that imports yaml, json and dataclasses, and reads the same file.

Both are measured in turns in one run, in milliseconds of processor time, which other work on the machine changes less than
the time on the clock; the least of all rounds counts.

    python bench/start.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from goals import Line, table

ROOT = Path(__file__).parents[1]
SAM = ROOT / "examples" / "ssm-demo" / "nat.yaml"
PLAIN = ROOT / "docs" / "guides" / "resilience" / "template.yaml"
NETFUL = str(Path(sys.executable).with_name("netful"))
FLOOR = "import dataclasses, json, pathlib, sys, yaml; yaml.load(pathlib.Path(sys.argv[1]).read_text(), Loader=yaml.CBaseLoader)"
IMPORTS = {
    "Python alone": "pass",
    "import of cyclopts, for help and errors only": "import cyclopts",
    "import of the model": "import netful.model.cloud",
    "import of the sources, with the model": "import netful.sources",
    "import of the engine, with the model": "import netful.engine.trace.question, netful.engine.trace.trace",
}


def cost(command: list[str], cache: str) -> tuple[float, float]:
    """The processor time and the time on the clock of a process, in milliseconds."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "XDG_CACHE_HOME": cache}
    )
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    elapsed = time.perf_counter() - begun
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ends with {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000, elapsed * 1000


def main() -> None:
    """Measure in turns, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    python = sys.executable
    plain = [NETFUL, "trace", "-t", str(PLAIN), "Orders", "internet"]
    sam = [NETFUL, "trace", "-t", str(SAM), "ReadParameter", "aws:ssm"]
    check = [NETFUL, "check", "-t", str(PLAIN), "--quiet"]
    floors = {
        f"floor of the {name} template": [python, "-c", FLOOR, str(file)]
        for name, file in (("plain", PLAIN), ("SAM", SAM))
    }
    with tempfile.TemporaryDirectory() as kept:
        rows = {
            **{name: (command, kept) for name, command in floors.items()},
            "`trace` of a plain template": (plain, kept),
            "`trace` of a SAM template, translated before": (sam, kept),
            "`trace` of a SAM template, new": (sam, "/dev/null"),
            "`check` of a plain template": (check, kept),
            **{name: ([python, "-c", code], kept) for name, code in IMPORTS.items()},
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
        for _ in range(rounds):
            for name, (command, cache) in rows.items():
                found[name].append(cost(command, cache))
    used = {name: min(one for one, _ in samples) for name, samples in found.items()}
    floor, floor_of = used["floor of the plain template"], "Python that reads the file"
    clock = min(elapsed for _, elapsed in found["`check` of a plain template"]) / 1000
    goals = {"`trace` of a plain template": "≤ 1.6 times"}
    lines = [Line(name, used[name], "ms", goals.get(name, ""), floor, floor_of) for name in found]
    print("Milliseconds of processor time, and seconds on the clock.\n")
    print(table([*lines, Line("`check` as a process, on the clock", clock, "s", "≤ 0.25 s")]))


if __name__ == "__main__":
    main()
