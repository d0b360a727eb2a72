"""Memory of running stacks (proportional set size of all processes): an idle demo, warm environments, and after a load.

The floor of an environment is a plain `python -m awslambdaric` or `node` process that waits, in the same run.

    python bench/memory.py [--environments 10] [--stacks 20]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from family import daemon_of, family, pss
from goals import Line, table

NETFUL = str(Path(sys.executable).with_name("netful"))
DEMO = Path(__file__).parents[1] / "examples" / "ssm-demo"
PYTHON = "Runtime: python3.13, Code: {ZipFile: 'def handler(event, context): return 1'}"
NODE = "Runtime: nodejs22.x, Code: {ZipFile: 'exports.handler = async () => 1'}"
SETTLED_SECONDS = 60


def netful(*words: str, name: str, cwd: Path = DEMO) -> None:
    """Run a verb on a stack, and end the bench if it fails."""
    done = subprocess.run([NETFUL, *words, "--stack", name], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"netful {' '.join(words)}: {done.stderr}")


def memory(*names: str) -> float:
    """The megabytes of some stacks, when they no longer change."""
    before, now = 0.0, 1.0
    while abs(now - before) > now / 100:
        time.sleep(1)
        before, now = now, sum(pss(pid) for name in names for pid in family(daemon_of(name)))
    return now


def environments(folder: Path, code: str, number: int) -> tuple[float, float, float, float]:
    """A stack's megabytes without environments, for each of some warm ones, with them, and after calls from many clients."""
    functions = [
        f"  Fn{n}: {{Type: AWS::Lambda::Function, Properties: {{Handler: index.handler, Role: 'arn:aws:iam::123456789012:role/f', {code}}}}}"
        for n in range(number)
    ]
    (folder / "template.yaml").write_text("Resources:\n" + "\n".join(functions) + "\n", encoding="utf-8")
    netful("up", "-d", name="bench-environments", cwd=folder)
    try:
        begun = memory("bench-environments")
        for n in range(number):
            netful("invoke", f"Fn{n}", name="bench-environments", cwd=folder)
        warm = memory("bench-environments")
        with ThreadPoolExecutor(4) as clients:
            calls = [f"Fn{n % number}" for n in range(number * 8)]
            list(clients.map(lambda one: netful("invoke", one, name="bench-environments", cwd=folder), calls))
        time.sleep(SETTLED_SECONDS)
        return begun, (warm - begun) / number, warm, memory("bench-environments")
    finally:
        netful("down", name="bench-environments", cwd=folder)


def idle() -> tuple[float, str]:
    """The demo's megabytes, and those of its processes."""
    netful("up", "-d", "-t", "endpoint.yaml", name="bench-idle")
    try:
        alone = memory("bench-idle")
        parts = ", ".join(f"{pss(pid):.0f}" for pid in family(daemon_of("bench-idle")))
        return alone, parts
    finally:
        netful("down", name="bench-idle")


def several(number: int) -> float:
    """The megabytes of several demos at once."""
    names = [f"bench-idle-{n}" for n in range(number)]
    try:
        for name in names:
            netful("up", "-d", "-t", "endpoint.yaml", name=name)
        return memory(*names)
    finally:
        for name in names:
            netful("down", name=name)


def waiting(command: list[str]) -> float:
    """The megabytes of a plain process that waits."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = pss(process.pid)
        process.kill()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--environments", type=int, default=10)
    parser.add_argument("--stacks", type=int, default=20)
    given = parser.parse_args()
    alone, parts = idle()
    many = f"≤ {given.stacks * 50:,} MB"
    lines = [
        Line("idle demo", alone, "MB", "≤ 90 MB", note=f"processes: {parts}"),
        Line(f"{given.stacks} idle demos", several(given.stacks), "MB", many),
    ]
    waits = "import awslambdaric.bootstrap; print(1, flush=True); input()"
    with tempfile.TemporaryDirectory() as folder:
        for what, code, goal, plain in (
            ("Python", PYTHON, "≤ 9 MB", [sys.executable, "-c", waits]),
            ("Node.js", NODE, "≤ 25 MB", ["node", "-e", "console.log(1); process.stdin.resume()"]),
        ):
            name = f"a warm environment of {what}"
            if shutil.which(plain[0]) is None:
                lines.append(Line(name, None, "MB", goal, note=f"`{plain[0]}` is not installed"))
                continue
            begun, each, warm, after = environments(Path(folder), code, given.environments)
            lines += [
                Line(name, each, "MB", goal, waiting(plain), "a plain process"),
                Line(f"{what}: a minute after a load", after, "MB", "≤ 1.2 times", warm, "the warm stack", f"without environments {begun:.0f} MB"),
            ]  # fmt: skip
    print(table(lines))


if __name__ == "__main__":
    main()
