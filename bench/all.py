"""All benchmarks that need nothing but this repository and packages of Debian, one after the other: `make bench`.

Prints each table under its command, and writes them to `build/benchmarks.md` with the machine and the duration of each, after
one table of all goals. A script that fails, for example because wrk is not installed, is named with its last line, and the
others go on. A script that reaches its limit is interrupted, and ends the stacks that it started.

`make bench-docs` copies the table of goals and the tables of the scripts into `docs/benchmarks.md`, and that of `make bench-peers`.

    python bench/all.py [--only start up] [--docs]
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from goals import HEAD

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "build" / "benchmarks.md"
PEERS = ROOT / "build" / "peers.md"
DOCS = ROOT / "docs" / "benchmarks.md"
SCRIPTS = {
    "start.py": 40,
    "up.py --large": 150,
    "memory.py": 300,
    "coldstart.py": 60,
    "lambda.py": 100,
    "lambda_designs.py --starts 150": 60,
    "gateway.py": 180,
    "ways.py --seconds 2": 110,
    "fabric.py": 180,
    "analyze.py": 180,
    "account.py --rounds 2": 90,
    "cluster.py --accounts 400": 120,
    "services.py": 30,
    "load.py": 60,
    "failover.py": 75,
    "vtl.py": 30,
}
"""The scripts, and the seconds after which each is interrupted: 29 minutes in all, if every one is."""
INTERRUPTED_SECONDS = 20
ENDED = re.compile(r"^(failed: .*|interrupted after .*)$", re.MULTILINE)
"""The line of a section whose script did not come to its end."""


def run(words: str, limit: int) -> str:
    """The section of a script: its command, duration, and output."""
    begun = time.monotonic()
    script, *options = words.split()
    command = [sys.executable, str(ROOT / "bench" / script), *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    note = ""
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        note = f"\ninterrupted after {limit} s\n"
        process.send_signal(signal.SIGINT)
        try:
            output, errors = process.communicate(timeout=INTERRUPTED_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
    if process.returncode and not note:
        note = f"\nfailed: {(errors.strip().splitlines() or ['no output'])[-1]}\n"
    return f"## `python bench/{words}`\n\n{time.monotonic() - begun:.0f} s\n\n{output.strip()}\n{note}"


def goals(sections: list[str]) -> str:
    """The table of all lines with a goal, from the tables of the scripts."""
    rows = [line for section in sections for line in section.splitlines() if line.count(" | ") == 5]
    judged = [row for row in rows if row.rpartition(" | ")[2].rstrip(" |") in {"met", "missed", "not measured"}]
    for section in sections:
        if ended := ENDED.search(section):
            what = section.partition("\n")[0].removeprefix("## ")
            judged.append(f"| all goals of {what} | | {ended[1].replace('|', '/')} | | | not measured |")
    met = sum(row.endswith("| met |") for row in judged)
    count = f"{met} goals of {len(judged)} are met.\n"
    return "\n".join([count, HEAD, *judged]) + "\n"


def into_docs() -> None:
    """Copy what was found into the documentation, between its marks."""
    text = DOCS.read_text(encoding="utf-8")
    found = "".join(file.read_text(encoding="utf-8") for file in (FOUND, PEERS) if file.exists())
    for section in re.split(r"^(?=## )", found, flags=re.MULTILINE):
        heading, _, body = section.partition("\n")
        if ENDED.search(body):
            print(f"{heading}: left as it was", file=sys.stderr)
            continue
        name = heading.removeprefix("## ").removeprefix("`python bench/").split(".py")[0].lower()
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = mark.sub(lambda found, new=body: f"{found[1]}\n{new.strip()}\n\n{found[2]}", text)
    DOCS.write_text(text, encoding="utf-8")
    print(f"written to {DOCS}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[], help="names of scripts, without .py")
    parser.add_argument("--docs", action="store_true", help="copy the last results into docs/benchmarks.md")
    given = parser.parse_args()
    if given.docs:
        into_docs()
        return
    begun, load = time.monotonic(), os.getloadavg()[0]
    sections = []
    for words, limit in SCRIPTS.items():
        if not given.only or words.split(".py")[0] in given.only:
            sections.append(run(words, limit))
            print(sections[-1], flush=True)
    system = (
        f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    when = f"{datetime.now(UTC):%Y-%m-%d}, {system}, load {load:.1f} at the start, {(time.monotonic() - begun) / 60:.0f} minutes"
    FOUND.parent.mkdir(exist_ok=True)
    table = f"## Goals\n\n{when}. {goals(sections)}"
    FOUND.write_text("\n".join([table, *sections]), encoding="utf-8")
    print(f"{table}\nwritten to {FOUND}")


if __name__ == "__main__":
    main()
