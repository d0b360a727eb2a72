"""A stack that runs inside the test's own process, where its parts can be made to fail."""

import asyncio
import contextlib
import gc
import os
import re
import socket
import ssl
import time
from collections import Counter
from dataclasses import asdict

import boto3
import uvloop

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.functions.code.variables import RUNTIME_API_ADDRESS
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.stack import Stack
from netful.stack.status import status
from netful.stack.verbs.probe import probe
from tests.helpers.places import ROOT
from tests.helpers.processes import ENOUGH_SECONDS, descendants, descriptors, wait_until

TEMPLATE = ROOT / "tests/templates/every-part.yaml"
QUESTIONS = (
    ("Inside", "aws:ssm"),
    ("Inside", "Web:tcp/8080"),
    ("InOther", "Web:tcp/8080"),
    ("internet", "Balancer:tcp/80"),
    ("internet", "Web:tcp/8080"),
    ("Web", "internet:tcp/443"),
    ("Web", "aws:s3"),
    ("Web", "ThirdHost:tcp/22"),
    ("Private", "internet:tcp/443"),
    ("ThirdHost", "Link:tcp/9000"),
)
HOST = """
[hosts.Web]
command = "exec python3 -m http.server 8080 --directory {}"
health = {{ port = 8080 }}
"""
NEW = """
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.5.0.0/16}}
  New:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref SubnetA, SecurityGroupIds: [!Ref Open], PrivateIpAddress: 10.0.1.77}
  NewTable:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.dynamodb
      RouteTableIds: [!Ref TableC]
  NewEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.sqs
      VpcEndpointType: Interface
      SubnetIds: [!Ref SubnetC]
      SecurityGroupIds: [!Ref Open]
"""
CHANGES = (
    ("10.1.0.0/16", "10.9.0.0/16"),
    ("10.1.1.0/24", "10.9.1.0/24"),
    ("10.2.0.0/16", "10.8.0.0/16"),
    ("10.2.1.", "10.8.1."),
    ("10.0.2.0/24", "10.0.3.0/24"),
    ("10.0.9.10", "10.0.9.11"),
    ("Port: 9000", "Port: 9001"),
    ("Port: 80\n", "Port: 8081\n"),
    ("Timeout: 5", "Timeout: 6"),
    ("/here", "/there"),
    ("orders", "parcels"),
    ("green", "blue"),
    ("LogGroupName: recorded", "LogGroupName: written"),
    ("rate(1 hour)", "rate(2 hours)"),
    ("!Ref Gateway}", "!Ref OtherGateway}"),
    ("  Gateway: {", "  OtherGateway: {"),
    ("  Web:\n    Type: AWS::EC2::Instance", NEW + "  Web:\n    Type: AWS::EC2::Instance"),
)


def write_first(folder):
    (folder / "template.yaml").write_text(TEMPLATE.read_text())
    (folder / "netful.toml").write_text(HOST.format("/dev"))


def write_second(folder):
    """The template with something else for every part."""
    text = TEMPLATE.read_text()
    while "  # first" in text:
        start, end = text.index("  # first"), text.index("  # end")
        text = text[:start] + text[end + len("  # end") :]
    for old, new in CHANGES:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "template.yaml").write_text(text)
    (folder / "netful.toml").write_text(HOST.format("/proc"))


class StackInside:
    """One stack with its loop, which runs while the test asks for something."""

    def __init__(self, folder):
        os.environ["NETFUL_STATE"] = str(folder / "state")
        self.folder = folder
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.run = self.runner.run
        self.run(_listen_once())
        self.settings = Settings(name="s", cwd=str(folder), templates=(str(folder / "template.yaml"),))
        self.write_first()

    def write_first(self):
        write_first(self.folder)

    def write_second(self):
        write_second(self.folder)

    def make(self):
        self.stack_folder = StackFolder("s")
        self.stack_folder.take()
        return Stack(self.settings, self.stack_folder, progress=lambda _text: None)

    def close(self):
        self.stack_folder.leave()
        self.runner.close()


async def _listen_once():
    """From its first listening socket on, a loop of uvloop keeps a spare descriptor."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    server.close()


def held():
    """What this process holds: descriptors, the network namespaces among them, tasks, and processes below it."""
    gc.collect()  # clients of boto3 close their connections when they are collected
    links = descriptors()
    kinds = Counter(_kind(descriptor, link) for descriptor, link in links.items())
    del kinds["runtime"]
    tasks = Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks() - {asyncio.current_task()})
    del tasks["Queue._call"]  # a request that waits for messages cannot be taken back: it ends some seconds later
    return {
        "descriptors": kinds,
        "namespaces": Counter(net=len({link for link in links.values() if link.startswith("net:")})),
        "tasks": tasks,
        "processes": Counter(below=len(descendants(os.getpid()))),
    }


def _kind(descriptor, link):
    """What a descriptor leads to: the path, or the kind of what has none; runtimes that connect when they like are one of their own."""
    kind = link.partition(":")[0]
    if kind != "socket":
        return re.sub(
            r"/balancers/\d+$", "/balancers/N", kind
        )  # each process of a load balancer has a folder of its own
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as found:
        if found.family == socket.AF_INET and found.getpeername()[0] == RUNTIME_API_ADDRESS:
            return "runtime"
    return kind


async def held_again(before):
    """Wait until this process holds nothing more than before; that it still has what it needs, `seen` shows."""
    end = time.monotonic() + ENOUGH_SECONDS
    while any(more := [now - before[kind] for kind, now in held().items()]):
        assert time.monotonic() < end, more
        await asyncio.sleep(0.05)  # what was told to end does so by itself


async def held_at_rest():
    """Return what this process holds once it has come to rest: the same at three looks."""
    looks, end = [held()], time.monotonic() + ENOUGH_SECONDS
    while looks[-3:] != [looks[-1]] * 3:
        assert time.monotonic() < end, f"never came to rest: {looks[-3:]}"
        await asyncio.sleep(0.05)  # between two looks; the number of looks decides
        looks.append(held())
    return looks[-1]


async def seen(stack):
    """All that a stack shows: what it says of itself, what AWS's services answer, what packets do."""
    await asyncio.to_thread(wait_until, lambda: _healthy(stack), "a target is not healthy")
    told = status(stack)
    del told["calls"]
    for function in told["functions"]:
        del function["environments"], function["counts"]  # the invocations below are counted
    for gateway in told["nat_gateways"]:
        del gateway["connections"]  # the kernel keeps those of earlier looks for some time
    return {
        "status": told,
        "services": await asyncio.to_thread(_services, stack.endpoint.url),
        "traces": [trace(stack.cloud, parse(stack.cloud, *question)).to_json() for question in QUESTIONS],
        "probes": await _probed(stack),
        "functions": [await _invoked(stack, name) for name in ("Inside", "InOther", "Outside")],
    }


def _healthy(stack):
    """Whether every load balancer has looked at its targets, and found them well."""
    return all(
        one["targets"] and {target["state"] for target in one["targets"]} == {"healthy"}
        for one in stack.balancers.entries()
    )


async def _probed(stack):
    """Return what packets do, for all questions at once: most of the time is waited for what does not answer."""
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    every = await asyncio.gather(*(probe(stack, *question, trust) for question in QUESTIONS))
    return [[(one["verdict"], one["symptom"], one["status"]) for one in asdict(found)["observed"]] for found in every]


async def _invoked(stack, name):
    done = await stack.functions.invoke(name)
    return done.payload


def _services(url):
    """Answers of the services that speak of the stack."""
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}

    def client(service):
        return boto3.client(service, region_name="us-east-1", endpoint_url=url, **keys)

    api = client("apigateway").get_rest_apis()["items"][0]["id"]
    return {
        "interfaces": client("ec2").describe_network_interfaces()["NetworkInterfaces"],
        "functions": client("lambda").list_functions()["Functions"],
        "mappings": client("lambda").list_event_source_mappings()["EventSourceMappings"],
        "resources": client("apigateway").get_resources(restApiId=api)["items"],
        "queues": client("sqs").list_queues().get("QueueUrls"),
        "tables": client("dynamodb").list_tables()["TableNames"],
        "colour": client("ssm").get_parameter(Name="/colour")["Parameter"]["Value"],
    }
