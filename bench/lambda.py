"""Lambda: cold and warm invocations, throughput and memory, beside what else runs functions on one machine.

In one run, on loopback, the same handlers everywhere: one that returns its event, and one that reads a parameter with
boto3. netful runs them in sandboxes inside a VPC, and the parameter comes through an interface endpoint with TLS; the
others have neither a sandbox nor a network. Plain processes are beside them: AWS's own runtime client for Python, netful's
for Node.js, and a runtime of its own. npm installs the SDK of Node.js, once.

    python bench/lambda.py [--rounds 50] [--ministack PROGRAM] [--serverless FOLDER]

PROGRAM is ministack's; FOLDER has serverless and serverless-offline in its `node_modules`. What is not given is left out.
moto's server is not beside them: its Lambda needs Docker.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3
import uvloop
from botocore.config import Config

import peers
from goals import Line, table
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.stack import Stack
from runtime_api import RuntimeApi

HANDLER = """
import json, os, boto3
def trivial(event, context):
    return event
def parameter(event, context):
    return boto3.client("ssm").get_parameter(Name="/bench")["Parameter"]["Value"]
"""
TRIVIAL = "def trivial(event, context):\n    return event\n"
NODE = """
exports.trivial = async (event) => event
exports.parameter = async () => {
  const { SSMClient, GetParameterCommand } = require("@aws-sdk/client-ssm")
  return (await new SSMClient({}).send(new GetParameterCommand({ Name: "/bench" }))).Parameter.Value
}
"""
CUSTOM = """#!/usr/bin/python3 -ISB
import http.client, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    event, name = answer.read(), answer.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", f"/2018-06-01/runtime/invocation/{name}/response", event)
    api.getresponse().read()
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {{Function: {{Runtime: python3.{minor}, MemorySize: 256, Timeout: 20, VpcConfig: {{SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G]}}}}}}
Resources:
  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  G:
    Type: AWS::EC2::SecurityGroup
    Properties: {{GroupDescription: all, VpcId: !Ref V, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}}]}}
  E:
    Type: AWS::EC2::VPCEndpoint
    Properties: {{ServiceName: com.amazonaws.us-east-1.ssm, VpcEndpointType: Interface, VpcId: !Ref V, SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G], PrivateDnsEnabled: true}}
  P: {{Type: AWS::SSM::Parameter, Properties: {{Name: /bench, Type: String, Value: hello}}}}
  Trivial: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: trivial/, Handler: app.trivial}}}}
  Node: {{Type: AWS::Serverless::Function, Properties: {{Runtime: nodejs22.x, CodeUri: node/, Handler: app.trivial}}}}
  NodeParameter: {{Type: AWS::Serverless::Function, Properties: {{Runtime: nodejs22.x, CodeUri: node/, Handler: app.parameter, Policies: [{{Statement: [{{Effect: Allow, Action: "ssm:GetParameter", Resource: "*"}}]}}]}}}}
  Custom: {{Type: AWS::Serverless::Function, Properties: {{Runtime: provided.al2023, CodeUri: custom/, Handler: any}}}}
  Image:
    Type: AWS::Lambda::Function
    Properties: {{PackageType: Image, Role: "arn:aws:iam::123456789012:role/r", Code: {{ImageUri: !Sub "${{AWS::AccountId}}.dkr.ecr.${{AWS::Region}}.amazonaws.com/bench:1"}}}}
  Parameter: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: parameter/, Handler: app.parameter, Policies: [{{Statement: [{{Effect: Allow, Action: "ssm:GetParameter", Resource: "*"}}]}}]}}}}
"""
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
THROUGHPUT_SECONDS = 3.0
IMAGE = Path(__file__).parents[1] / "examples/image-function/image"
SDK = Path(__file__).parents[1] / "tests/templates/functions/node"
BOOTSTRAP = files("netful.functions.inside").joinpath("bootstrap.cjs")

FUNCTIONS = {
    "Trivial": "trivial",
    "Parameter": "parameter",
    "Node": "Node.js, trivial",
    "NodeParameter": "Node.js, client of an SDK",
    "Custom": "custom runtime",
    "Image": "container image",
}
Samples = dict[str, list[float]]
GOALS = {
    "netful, trivial: cold": "≤ 8 ms",
    "netful, parameter: cold": "≤ 20 ms",
    "netful, Node.js, trivial: cold": "≤ 30 ms",
    "netful, Node.js, client of an SDK: cold": "≤ 60 ms",
}
FLOORS = {
    "netful, trivial: cold": "plain awslambdaric, trivial: cold",
    "netful, trivial: warm, from the daemon": "plain awslambdaric, trivial: warm",
    "netful, Node.js, trivial: cold": "plain node, trivial: cold",
    "netful, custom runtime: cold": "plain custom runtime: cold",
    "netful, container image: cold": "plain custom runtime: cold",
}


def timed(call: Callable[[], object]) -> float:
    """How long a call takes, in milliseconds."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def client(url: str, service: str = "lambda") -> Any:
    """A boto3 client that tries once."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
    return boto3.client(service, endpoint_url=url, config=config, **KEYS)


def invoker(url: str, name: str) -> Callable[[], None]:
    """Invokes a function by boto3 and insists on an answer."""
    api = client(url)

    def invoke() -> None:
        answer = api.invoke(FunctionName=name, Payload=b'{"a": 1}')
        assert "FunctionError" not in answer, answer["Payload"].read()
        answer["Payload"].read()

    return invoke


# --- netful -----------------------------------------------------------------------------------------------------------


async def netful(folder: Path, rounds: int) -> tuple[Samples, list[Line]]:
    """Latencies by name, and lines about throughput and memory."""
    write_project(folder)
    os.environ["NETFUL_STATE"] = str(folder / "state")
    stack_folder = StackFolder("bench")
    stack_folder.take()
    settings = Settings(
        name="bench", cwd=str(folder), templates=(str(folder / "template.yaml"),), lambda_concurrency=10_000
    )
    stack = Stack(settings, stack_folder, progress=lambda _text: None)
    samples: Samples = {}
    try:
        await stack.start()
        for function, name in FUNCTIONS.items():
            if function == "NodeParameter" and "NETFUL_NODE_MODULES" not in os.environ:
                continue
            samples[f"netful, {name}: cold"] = [await once(stack, function, cold=True) for _ in range(rounds)]
        warm = [await once(stack, "Trivial", cold=False) for _ in range(rounds * 20)]
        samples["netful, trivial: warm, from the daemon"] = warm
        url = stack.endpoint.url
        by_boto3 = await asyncio.to_thread(by_another_process, url, rounds * 10)
        samples["netful, trivial: warm, from boto3"] = by_boto3
        lines = []
        for environments in (1, 4, 16):
            rate = await throughput(stack, environments)
            lines.append(Line(f"netful: invocations, {environments} environments", rate, "a second"))
        lines.append(Line("netful: private memory of a warm environment", private_mb(), "MB"))
        return samples, lines
    finally:
        await stack.close()
        stack_folder.leave()


async def once(stack: Stack, function: str, *, cold: bool) -> float:
    """One invocation, in milliseconds."""
    begun = time.perf_counter()
    done = await stack.functions.invoke(function, b'{"a": 1}', cold=cold)
    elapsed = (time.perf_counter() - begun) * 1000
    assert done.function_error is None, done.payload
    return elapsed


async def throughput(stack: Stack, callers: int) -> float:
    """Invocations a second with so many callers, each with an environment in use."""
    await asyncio.gather(*(stack.functions.invoke("Trivial", b"{}") for _ in range(callers)))
    done = 0
    end = time.perf_counter() + THROUGHPUT_SECONDS

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await stack.functions.invoke("Trivial", b'{"a": 1}')
            done += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return done / THROUGHPUT_SECONDS


def by_another_process(url: str, rounds: int) -> list[float]:
    """boto3's invocations in a process of its own, so that it does not share the daemon's interpreter."""
    arguments = [sys.executable, __file__, "--only-boto3", url, "--rounds", str(rounds)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    samples: list[float] = json.loads(done.stdout)
    return samples


def private_mb() -> float:
    """What an environment has for itself: private pages of the processes in pid namespaces, an environment's share."""
    sizes = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, StopIteration):
            lines = (folder / "status").read_text().splitlines()
            inner = next(line for line in lines if line.startswith("NSpid:")).split()[1:]
            if len(inner) == 2 and inner[1] == "2" and belongs_to_us(folder):
                rollup = (folder / "smaps_rollup").read_text().splitlines()
                sizes.append(sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024)
    return statistics.median(sizes) if sizes else 0.0


def belongs_to_us(folder: Path) -> bool:
    """Whether a process descends from this one."""
    pid = int(folder.name)
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def write_project(folder: Path) -> None:
    """The template, the handlers, and the container image."""
    for file, source in (
        ("trivial/app.py", TRIVIAL),
        ("parameter/app.py", HANDLER),
        ("node/app.js", NODE),
        ("custom/bootstrap", CUSTOM),
        ("image/orders.py", CUSTOM),
    ):
        (folder / file).parent.mkdir()
        (folder / file).write_text(source)
    (folder / "custom/bootstrap").chmod(0o755)
    subprocess.run([sys.executable, IMAGE, folder / "image", folder / "image.tar", "bench:1"], check=True)
    (folder / "netful.toml").write_text('[images."bench:1"]\narchive = "image.tar"\n')
    (folder / "template.yaml").write_text(TEMPLATE.format(minor=sys.version_info.minor))


# --- peers ------------------------------------------------------------------------------------------------------------


def plain(name: str, command: list[str], folder: Path, rounds: int, handler: str) -> Samples:
    """A runtime as a plain process, started anew for each cold start."""
    cold: list[float] = []
    warm: list[float] = []
    for round_ in range(min(rounds, 20)):
        begun = time.perf_counter()
        with RuntimeApi.of(command, folder, handler) as api:
            api.invoke(0)
            cold.append((time.perf_counter() - begun) * 1000)
            if not round_:
                warm = [timed(partial(api.invoke, number)) for number in range(1, rounds * 10)]
    return {f"plain {name}: cold": cold, f"plain {name}: warm": warm}


def ministack(program: str, folder: Path, rounds: int) -> Samples:
    """ministack, with a function made anew for each cold start."""
    folder.mkdir()
    cold: list[float] = []
    with peers.ministack(program, folder) as peer:
        api = client(peer.url)
        for number in range(min(rounds, 20)):
            create(api, f"f{number}")
            cold.append(timed(invoker(peer.url, f"f{number}")))
        call = invoker(peer.url, "f0")
        call()
        warm = [timed(call) for _ in range(rounds * 10)]
    return {"ministack, trivial: cold, from boto3": cold, "ministack, trivial: warm, from boto3": warm}


def create(api: Any, name: str) -> None:
    """Make a function as AWS's API makes one."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", TRIVIAL)
    runtime = f"python{peers.runtime()}"
    role = "arn:aws:iam::000000000000:role/r"
    api.create_function(
        FunctionName=name, Runtime=runtime, Role=role, Handler="app.trivial", Code={"ZipFile": archive.getvalue()}
    )
    api.get_waiter("function_active_v2").wait(FunctionName=name)


def serverless(modules: Path, folder: Path, rounds: int) -> Samples:
    """serverless-offline, by its Lambda endpoint."""
    folder.mkdir()
    with peers.serverless(modules, folder, TRIVIAL, "{Trivial: {handler: app.trivial}}") as peer:
        call = invoker(f"http://127.0.0.1:{peer.lambda_port}", "bench-b-Trivial")
        first = timed(call)
        warm = [timed(call) for _ in range(rounds * 10)]
    name = "serverless-offline, trivial"
    return {f"{name}: first, from boto3": [first], f"{name}: warm, from boto3": warm}


def sdk(folder: Path) -> Path:
    """The folder with the SDK of Node.js that tests use, which npm installs there."""
    if not (folder / "node_modules/@aws-sdk").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SDK / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--ministack", default="")
    parser.add_argument("--serverless", type=Path)
    parser.add_argument("--only-boto3", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_boto3:
        call = invoker(given.only_boto3, "Trivial")
        call()
        print(json.dumps([timed(call) for _ in range(given.rounds)]))
        return
    if shutil.which("npm"):
        os.environ["NETFUL_NODE_MODULES"] = str(sdk(Path(__file__).parents[1] / "build/node"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        samples, lines = uvloop.run(netful(folder, given.rounds))
        for what, command, place, handler in (
            ("awslambdaric, trivial", [sys.executable, "-m", "awslambdaric", "app.trivial"], "trivial", ""),
            ("node, trivial", ["node", str(BOOTSTRAP)], "node", "app.trivial"),
            ("custom runtime", ["./bootstrap"], "custom", ""),
        ):
            samples |= plain(what, command, folder / place, given.rounds, handler)
        if given.ministack:
            samples |= ministack(given.ministack, folder / "ministack", given.rounds)
        if given.serverless:
            samples |= serverless(given.serverless, folder / "serverless", given.rounds)
    print("Medians; the 99th percentile in brackets. A plain process is the floor of netful's lines.\n")
    print(table([*map(partial(line, samples), samples), *lines]))


def line(samples: Samples, what: str) -> Line:
    """The line of some latencies."""
    floor_name = FLOORS.get(what, "")
    floor = statistics.median(samples[floor_name]) if floor_name in samples else None
    ordered = sorted(samples[what])
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Line(what, statistics.median(ordered), "ms", GOALS.get(what, ""), floor, floor_name, f"{p99:.2f}")


if __name__ == "__main__":
    main()
