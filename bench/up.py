"""`netful up -d`, a change of one rule, and `netful down` as processes: the demo, 60 resources, 40 functions, 1,000 functions.

The time on the clock, the processor time of the stack's processes, and their memory (proportional set size). The floor is
Python that imports asyncio, ssl and json in a process, in the same run.

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
    """The template with one rule more in its first security group."""
    return text.replace("GroupDescription: g, ", f"GroupDescription: g, {OPEN}, ", 1)


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


def measure(what: str, folder: Path, file: str, rounds: int, goal: str) -> list[str]:
    """The rows of a stack: the median of some rounds, and the least."""
    ups, downs, used, memory = [], [], [], 0.0
    for _ in range(rounds):
        ups.append(run("up", "-d", "-t", file, cwd=folder))
        daemon = daemon_of(NAME)
        used.append(sum(map(processor, family(daemon))))
        memory = sum(map(pss, family(daemon)))
        downs.append(run("down", cwd=folder))
    return [
        f"| {what}: up | {goal} | {statistics.median(ups):.0f} ({min(ups):.0f}) ms; {min(used):.0f} ms of processor time; {memory:.0f} MB |",
        f"| {what}: down | 300 ms | {statistics.median(downs):.0f} ({min(downs):.0f}) ms |",
    ]


def change(what: str, folder: Path, text: str) -> str:
    """The row of a change of one rule, of which the command's own start is a part."""
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    run("up", "-d", cwd=folder)
    samples = []
    for version in (changed(text), text) * 3:
        (folder / "template.yaml").write_text(version, encoding="utf-8")
        samples.append(run("up", "-d", cwd=folder))
    run("down", cwd=folder)
    return f"| {what}: change of one rule, whole process | 100 ms | {statistics.median(samples):.0f} ({min(samples):.0f}) ms |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="1,000 functions in 100 VPCs, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        rows = [f"| floor: Python with asyncio, ssl, cryptography, uvloop | | {floor():.0f} ms |"]
        rows += measure("demo", DEMO, "endpoint.yaml", given.rounds, "600 ms")
        for what, text, goal in (
            ("60 resources", sixty_resources(), "1,000 ms"),
            ("40 functions in three zones", many(3, 40), "1,500 ms"),
            *([("1,000 functions in 100 VPCs", many(100, 1000), "12 s and 1 GB")] if given.large else []),
        ):
            (folder / "template.yaml").write_text(text, encoding="utf-8")
            rows += measure(what, folder, "template.yaml", 1 if "1,000" in what else given.rounds, goal)
        rows.append(
            change(
                "1,000 functions" if given.large else "40 functions",
                folder,
                many(100, 1000) if given.large else many(3, 40),
            )
        )
    print("| what | goal | median (least) |\n|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
