"""All benchmarks that need nothing but this repository and Debian's packages, one after the other: `make bench`.

Prints each table under its command, and writes them to `build/benchmarks.md` with the machine and the duration of each. A script
that fails, for example because wrk is not installed, is named with its last line, and the others go on.

    python bench/all.py [--only start up]
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT_SECONDS = 600
SCRIPTS = (
    ("start.py",),
    ("analyze.py",),
    ("coldstart.py",),
    ("up.py", "--large"),
    ("memory.py",),
    ("lambda.py",),
    ("lambda_designs.py",),
    ("gateway.py",),
    ("ways.py",),
    ("services.py",),
    ("vtl.py",),
    ("fabric.py",),
    ("account.py",),
)


def run(script: str, *options: str) -> str:
    """The section of a script: its command, duration, and output."""
    begun = time.monotonic()
    command = [sys.executable, str(ROOT / "bench" / script), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, cwd=ROOT)
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        output = done.stdout if done.returncode == 0 else f"{done.stdout}\nfailed: {last}\n"
    except subprocess.TimeoutExpired:
        output = f"not done in {LIMIT_SECONDS} s\n"
    words = " ".join(("python", f"bench/{script}", *options))
    return f"## `{words}`\n\n{time.monotonic() - begun:.0f} s\n\n{output.strip()}\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[], help="names of scripts, without .py")
    only = parser.parse_args().only
    machine = (
        f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    sections = [f"{machine}, load {os.getloadavg()[0]:.1f} at the start\n"]
    for script, *options in SCRIPTS:
        if not only or script.removesuffix(".py") in only:
            sections.append(run(script, *options))
            print(sections[-1], flush=True)
    file = ROOT / "build" / "benchmarks.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(sections), encoding="utf-8")
    print(f"written to {file}")


if __name__ == "__main__":
    main()
