"""`netful up -d`, a change of one rule, and `netful down` as processes: the demo, 60 resources, 40 functions, 1,000 functions.

The time on the clock, the processor time of the stack's processes, and their memory (proportional set size). The floor is
Python that imports asyncio, ssl, cryptography and uvloop in a process, in the same run.

    python bench/up.py [--rounds 5] [--large]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from family import daemon_of, family, processor, pss
from goals import Line, table
from organisation import sixty_resources

NETFUL = str(Path(sys.executable).with_name("netful"))
DEMO = Path(__file__).parents[1] / "examples" / "ssm-demo"
NAME = "bench-up"
OPEN = "SecurityGroupIngress: [{CidrIp: 10.0.0.0/8, IpProtocol: tcp, FromPort: 80, ToPort: 80}]"


def many(vpcs: int, functions: int) -> str:
    """A template of VPCs with one subnet, one security group, and an equal share of the functions."""
    lines = ["Resources:"]
    for n in range(vpcs):
        lines += [
            f"  Vpc{n}: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.{n}.0.0/16}}}}",
            f"  Subnet{n}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc{n}, CidrBlock: 10.{n}.0.0/24}}}}",
            f"  Sg{n}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc{n}}}}}",
        ]
    code = "Code: {ZipFile: 'def handler(event, context): return 1'}, Role: 'arn:aws:iam::123456789012:role/f'"
    for n in range(functions):
        where = f"VpcConfig: {{SubnetIds: [!Ref Subnet{n % vpcs}], SecurityGroupIds: [!Ref Sg{n % vpcs}]}}"
        lines.append(
            f"  Fn{n}: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: index.handler, {code}, {where}}}}}"
        )
    return "\n".join(lines) + "\n"


def changed(text: str) -> str:
    """The template with one rule more in its first security group, on a line of its own."""
    return text.replace("GroupDescription: g, ", f"GroupDescription: g,\n    {OPEN}, ", 1)


def run(*words: str, cwd: Path) -> float:
    """How long a command takes, in milliseconds."""
    begun = time.perf_counter()
    done = subprocess.run([NETFUL, *words, "--stack", NAME], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}")
    return (time.perf_counter() - begun) * 1000


def floor() -> float:
    """The least time of Python that imports what the daemon needs anyway."""
    samples = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import asyncio, ssl, json, cryptography.x509, uvloop"], check=True)
        samples.append((time.perf_counter() - begun) * 1000)
    return min(samples)


def measure(what: str, folder: Path, file: str, rounds: int, goal: str) -> list[Line]:
    """The lines of a stack: medians of some rounds."""
    ups, downs, used, memory = [], [], [], 0.0
    for _ in range(rounds):
        ups.append(run("up", "-d", "-t", file, cwd=folder) / 1000)
        daemon = daemon_of(NAME)
        used.append(sum(map(processor, family(daemon))))
        memory = sum(map(pss, family(daemon)))
        downs.append(run("down", cwd=folder) / 1000)
    again = [Line(f"{what}: up, after a down", statistics.median(ups[1:]), "s", "≤ 0.3 s")] if rounds > 1 else []
    return [
        Line(f"{what}: up", statistics.median(ups), "s", goal, note=f"{min(used):.0f} ms of processor time"),
        *(again if what == "demo" else ()),
        Line(f"{what}: down", statistics.median(downs), "s", "≤ 0.3 s"),
        Line(f"{what}: memory", memory, "MB", "≤ 1,000 MB" if "1,000" in what else ""),
    ]


def growth(folder: Path) -> list[Line]:
    """The lines of 1,000 functions, and of their growth from 250."""
    (folder / "template.yaml").write_text(many(25, 250), encoding="utf-8")
    quarter = measure("250 functions in 25 VPCs", folder, "template.yaml", 1, "")
    (folder / "template.yaml").write_text(many(100, 1000), encoding="utf-8")
    whole = measure("1,000 functions in 100 VPCs", folder, "template.yaml", 1, "≤ 12 s")
    smaller = quarter[0].figure
    assert smaller is not None
    grown = Line("1,000 functions: up, growth", whole[0].figure, "s", "≤ 1 times", smaller * 4, "4 times 250 functions")
    return [quarter[0], *whole, grown]


def change(what: str, folder: Path, text: str) -> Line:
    """The line of a change of one rule, of which the command's own start is a part."""
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    run("up", "-d", cwd=folder)
    samples = []
    for version in (changed(text), text) * 3:
        (folder / "template.yaml").write_text(version, encoding="utf-8")
        samples.append(run("up", "-d", cwd=folder) / 1000)
    run("down", cwd=folder)
    return Line(f"{what}: change of one rule, whole process", statistics.median(samples), "s", "≤ 0.1 s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="1,000 functions in 100 VPCs, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        lines = [Line("Python with asyncio, ssl, cryptography, uvloop", floor() / 1000, "s")]
        lines += measure("demo", DEMO, "endpoint.yaml", given.rounds, "≤ 0.6 s")
        for what, text, goal in (
            ("60 resources", sixty_resources(), "≤ 1.0 s"),
            ("40 functions in three zones", many(3, 40), "≤ 1.5 s"),
        ):
            (folder / "template.yaml").write_text(text, encoding="utf-8")
            lines += measure(what, folder, "template.yaml", given.rounds, goal)
        lines += growth(folder) if given.large else []
        size, text = ("1,000", many(100, 1000)) if given.large else ("40", many(3, 40))
        lines.append(change(f"{size} functions", folder, text))
    print(table(lines))


if __name__ == "__main__":
    main()
