"""Lambda: cold and warm invocations, throughput and memory, beside what else runs functions on one machine.

In one run, on loopback, the same two handlers everywhere: one that returns its event, and one that reads a parameter with
boto3. netful runs them in sandboxes inside a VPC, and the parameter comes through an interface endpoint with TLS; the
others have neither a sandbox nor a network; a plain process of AWS's own runtime client is beside them.

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
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import uvloop
from botocore.config import Config

import peers
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.stack import Stack

HANDLER = """
import json, os, boto3
def trivial(event, context):
    return event
def parameter(event, context):
    return boto3.client("ssm").get_parameter(Name="/bench")["Parameter"]["Value"]
"""
TRIVIAL = "def trivial(event, context):\n    return event\n"
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
  Parameter: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: parameter/, Handler: app.parameter, Policies: [{{Statement: [{{Effect: Allow, Action: "ssm:GetParameter", Resource: "*"}}]}}]}}}}
"""
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
EVENT = b'{"a": 1}'
THROUGHPUT_SECONDS = 3.0

Samples = dict[str, list[float]]


def quantiles(samples: list[float]) -> str:
    """Median and 99th percentile, as two cells."""
    ordered = sorted(samples)
    return f"{statistics.median(ordered):.2f} | {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.2f}"


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


async def netful(folder: Path, rounds: int) -> tuple[Samples, list[str]]:
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
        for function in ("Trivial", "Parameter"):
            samples[f"netful, {function.lower()}: cold"] = [
                await once(stack, function, cold=True) for _ in range(rounds)
            ]
        warm = [await once(stack, "Trivial", cold=False) for _ in range(rounds * 20)]
        samples["netful, trivial: warm, from the daemon"] = warm
        url = stack.endpoint.url
        by_boto3 = await asyncio.to_thread(by_another_process, url, rounds * 10)
        samples["netful, trivial: warm, from boto3"] = by_boto3
        lines = []
        for environments in (1, 4, 16):
            rate = await throughput(stack, environments)
            lines.append(f"| netful: invokes a second, {environments} environments | {rate:,.0f} |")
        lines.append(f"| netful: private memory of a warm environment, MB | {private_mb():.1f} |")
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
    """The template and the two handlers."""
    for name, source in (("trivial", TRIVIAL), ("parameter", HANDLER)):
        (folder / name).mkdir()
        (folder / name / "app.py").write_text(source)
    (folder / "template.yaml").write_text(TEMPLATE.format(minor=sys.version_info.minor))


# --- peers ------------------------------------------------------------------------------------------------------------


class RuntimeApi:
    """The least Runtime API that a runtime needs: it gives out events, one after the other, and times the answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._connection, _ = listener.accept()
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._receive()  # it asks for its first event

    def invoke(self, number: int) -> None:
        """One event and its answer, until the next one is asked for."""
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(EVENT)}\r\n"
            f"Lambda-Runtime-Aws-Request-Id: id-{number}\r\nLambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 60_000}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:fn\r\n\r\n"
        )
        self._connection.sendall(head.encode() + EVENT)
        assert self._receive() == EVENT
        self._connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self._receive()

    def _receive(self) -> bytes:
        """The body of the next request."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _more(self) -> None:
        data = self._connection.recv(65_536)
        assert data, "the runtime is gone"
        self._buffer += data

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def awslambdaric(folder: Path, rounds: int) -> Samples:
    """AWS's own runtime client as a plain process, started anew for each cold start."""
    folder.mkdir()
    (folder / "app.py").write_text(TRIVIAL)
    cold: list[float] = []
    warm: list[float] = []
    for round_ in range(min(rounds, 20)):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            host = f"127.0.0.1:{listener.getsockname()[1]}"
            begun = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", "app.trivial"], cwd=folder,
                env={"PATH": "/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": host, "AWS_REGION": "us-east-1"},
            )  # fmt: skip
            api = RuntimeApi(listener)
            api.invoke(0)
            cold.append((time.perf_counter() - begun) * 1000)
            if not round_:
                warm = [timed(partial(api.invoke, number)) for number in range(1, rounds * 10)]
            api.close()
            process.kill()
            process.wait()
    return {"plain awslambdaric, trivial: cold": cold, "plain awslambdaric, trivial: warm": warm}


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        samples, lines = uvloop.run(netful(folder, given.rounds))
        samples |= awslambdaric(folder / "awslambdaric", given.rounds)
        if given.ministack:
            samples |= ministack(given.ministack, folder / "ministack", given.rounds)
        if given.serverless:
            samples |= serverless(given.serverless, folder / "serverless", given.rounds)
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    print("| what | n | p50 ms | p99 ms |\n|---|---|---|---|")
    for what, values in samples.items():
        print(f"| {what} | {len(values)} | {quantiles(values)} |")
    print("\n| what | |\n|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
