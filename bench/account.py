"""An account that clients deploy to: a stack of sixty resources, an update of one rule, describe calls beside a load.

    python bench/account.py [--rounds 5]

Prints a table. The gateway's latency beside describe calls is a ratio to that of the same run without them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from organisation import sixty_resources

NETFUL = str(Path(sys.executable).with_name("netful"))
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
MOCK = Path(__file__).parent.parent / "tests/templates/mock-api.yaml"
REQUESTS = 20_000


@contextmanager
def account() -> Iterator[str]:
    """Yield the endpoint of an empty account."""
    with tempfile.TemporaryDirectory() as state:
        env = {**os.environ, "NETFUL_STATE": state}
        for name in ("up --empty -d", "status --format json"):
            done = subprocess.run([NETFUL, *name.split(), "--stack", "bench"], env=env, check=True, capture_output=True)
        try:
            yield json.loads(done.stdout)["endpoint_url"]
        finally:
            subprocess.run([NETFUL, "down", "--stack", "bench"], env=env, check=True, capture_output=True)


def seconds(action: Callable[[], Any]) -> float:
    """The time that an action takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def deployed(cloudformation: Any, template: str, rounds: int) -> list[tuple[str, str, str]]:
    """The stack: created by a change set, one rule updated, deleted."""
    created, updated, deleted = [], [], []
    changed = template.replace("FromPort: 443, ToPort: 443", "FromPort: 8443, ToPort: 8443", 1)
    for _ in range(rounds):
        cloudformation.create_change_set(
            StackName="sixty",
            ChangeSetName="first",
            ChangeSetType="CREATE",
            TemplateBody=template,
            Capabilities=CAPABILITIES,
        )
        created.append(seconds(lambda: cloudformation.execute_change_set(StackName="sixty", ChangeSetName="first")))
        state = cloudformation.describe_stacks(StackName="sixty")["Stacks"][0]["StackStatus"]
        assert state == "CREATE_COMPLETE", state
        updated.append(seconds(lambda: cloudformation.update_stack(
            StackName="sixty", TemplateBody=changed, Capabilities=CAPABILITIES)))  # fmt: skip
        deleted.append(seconds(lambda: cloudformation.delete_stack(StackName="sixty")))
    return [
        ("60 resources: ExecuteChangeSet → CREATE_COMPLETE", f"{statistics.median(created):.2f} s", "3 s"),
        ("60 resources: update of one rule, UpdateStack → end", f"{statistics.median(updated):.2f} s", "0.5 s"),
        ("60 resources: deletion", f"{statistics.median(deleted):.2f} s", ""),
    ]


def latencies(url: str, path: str) -> list[float]:
    """The latencies of requests one after another, in milliseconds, sorted."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    found = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)


def described(endpoint: str, started: Event, stop: Event, rates: Queue[float]) -> None:
    """Describe calls, 100 a second from `started` until `stop`; their true rate goes to `rates`."""
    ec2 = boto3.client("ec2", endpoint_url=endpoint, **KEYS)
    ec2.describe_subnets()
    started.set()
    begun = following = time.perf_counter()
    count = 0
    while not stop.is_set():
        ec2.describe_subnets()
        count += 1
        following += 0.01
        time.sleep(max(0.0, following - time.perf_counter()))
    rates.put(count / (time.perf_counter() - begun))


def beside(endpoint: str, cloudformation: Any, ec2: Any) -> list[tuple[str, str, str]]:
    """Describe calls beside a load on an API: their rate, and the latency of the load with 100 of them a second.

    The describing client is a process of its own, so that the two clients do not wait for one interpreter.
    """
    cloudformation.create_stack(StackName="mock", TemplateBody=MOCK.read_text())
    (output,) = cloudformation.describe_stacks(StackName="mock")["Stacks"][0]["Outputs"]
    path = f"/_execute-api/{output['OutputValue']}/prod/"
    alone, rate = latencies(endpoint, path), 300 / seconds(lambda: [ec2.describe_vpcs() for _ in range(300)])
    processes = multiprocessing.get_context("spawn")
    started, stop, rates = processes.Event(), processes.Event(), processes.Queue()
    client = processes.Process(target=described, args=(endpoint, started, stop, rates))
    client.start()
    started.wait()
    loaded = latencies(endpoint, path)
    stop.set()
    served = rates.get()
    client.join()
    p99 = int(REQUESTS * 0.99)
    return [
        ("describe calls, one client, nothing beside", f"{rate:.0f}/s", "100/s"),
        ("describe calls beside the load", f"{served:.0f}/s", "100/s"),
        (
            "p99 of a MOCK method beside 100 describe calls a second",
            f"{loaded[p99] / alone[p99]:.2f} times",
            "1.5 times",
        ),
        ("p99 of a MOCK method, alone and beside", f"{alone[p99]:.2f}, {loaded[p99]:.2f} ms", ""),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with account() as endpoint:
        cloudformation = boto3.client("cloudformation", endpoint_url=endpoint, **KEYS)
        ec2 = boto3.client("ec2", endpoint_url=endpoint, **KEYS)
        rows = [*deployed(cloudformation, sixty_resources(), rounds), *beside(endpoint, cloudformation, ec2)]
    for what, found, goal in rows:
        print(f"{what:<58} {found:>10} {goal:>8}")


if __name__ == "__main__":
    main()
