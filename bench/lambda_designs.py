"""Cold starts in Lambda's two designs, side by side: one shared interface, or interfaces that are made while callers wait.

The same burst of cold starts of one function in a /24. Under the old design each sandbox of 3 GB has an interface of its
own, which takes its time and an address: those that find none are refused.

    python bench/lambda_designs.py [--starts 300] [--at-once 16] [--eni-seconds 0]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import uvloop

from netful.functions.invocations.invocation import InvokeRefused
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.stack import Stack
from netful.stack.status import status

DESIGNS = ("hyperplane", "per-sandbox")
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  G: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: all, VpcId: !Ref V}}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {{Runtime: python3.{minor}, Handler: index.handler, MemorySize: 3072, Timeout: 60, InlineCode: "def handler(event, context): return 1",
       VpcConfig: {{SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G]}}}}
"""
PERCENTILES = (1, 10, 50, 90, 99)


async def measure(design: str, folder: Path, given: argparse.Namespace) -> tuple[list[float], Counter[str], int]:
    """The milliseconds of each cold start, the refusals, and how many interfaces there are then."""
    stack_folder = StackFolder(f"bench-{design}")
    stack_folder.take()
    own = design == "per-sandbox"
    settings = Settings(
        name="bench", cwd=str(folder), templates=(str(folder / "template.yaml"),), lambda_network=design,
        eni_seconds=given.eni_seconds if own else 0.0,
    )  # fmt: skip
    stack = Stack(settings, stack_folder, progress=lambda _text: None)
    milliseconds: list[float] = []
    refusals: Counter[str] = Counter()
    room = asyncio.Semaphore(given.at_once)

    async def start() -> None:
        async with room:
            begun = time.perf_counter()
            try:
                done = await stack.functions.invoke("Fn", cold=True)
            except InvokeRefused as refused:
                refusals[refused.code] += 1
                return
            assert done.function_error is None, done.payload
            milliseconds.append((time.perf_counter() - begun) * 1000)

    try:
        await stack.start()
        await asyncio.gather(*(start() for _ in range(given.starts)))
        interfaces = status(stack)["functions"][0]["interfaces"]
        return milliseconds, refusals, len(interfaces)
    finally:
        await stack.close()
        stack_folder.leave()


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--eni-seconds", type=float, default=0.0, help="how long an interface of a sandbox's own takes")
    given = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "template.yaml").write_text(TEMPLATE.format(minor=sys.version_info.minor))
        os.environ["NETFUL_STATE"] = str(folder / "state")
        for design in DESIGNS:
            results[design] = uvloop.run(measure(design, folder, given))
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}")
    print(f"{given.starts} cold starts, {given.at_once} at once, an own interface takes {given.eni_seconds} s\n")
    print(f"| | {' | '.join(results)} |\n|---|---|---|")
    print(f"| started | {' | '.join(str(len(times)) for times, _, _ in results.values())} |")
    refused = (", ".join(f"{n} {code}" for code, n in codes.items()) or "none" for _, codes, _ in results.values())
    print(f"| refused | {' | '.join(refused)} |")
    print(f"| interfaces | {' | '.join(str(number) for _, _, number in results.values())} |")
    quantiles = {design: statistics.quantiles(times, n=100) for design, (times, _, _) in results.items()}
    for percentile in PERCENTILES:
        cells = (f"{found[percentile - 1]:.1f}" for found in quantiles.values())
        print(f"| p{percentile}, ms | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
