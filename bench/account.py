"""An account that clients deploy to: a stack of sixty resources, an update of one rule, describe calls beside a load.

    python bench/account.py [--rounds 5]

Prints a table. The gateway's latency beside describe calls is a ratio to two of the same run: that of the load alone, and
that of the load while the same client describes the account of another process. The second is the floor: what busy processes
cost each other on this machine. The load and its account have one core, the describing client and the other account have
the other one: otherwise the p99 is the time for which the kernel lets boto3 compute where the load would run.
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

from goals import Line, table
from organisation import sixty_resources

NETFUL = str(Path(sys.executable).with_name("netful"))
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
MOCK = Path(__file__).parent.parent / "tests/templates/mock-api.yaml"
REQUESTS = 10_000


LOAD_CORE, OTHER_CORE = 0, 1


@contextmanager
def empty_account(*cores: int) -> Iterator[str]:
    """Yield the endpoint of an empty account, whose process may use these cores; by default, all of them."""
    prefix = ["taskset", "-c", ",".join(map(str, cores))] if cores else []
    with tempfile.TemporaryDirectory() as state:
        env = {**os.environ, "NETFUL_STATE": state}
        for name in ("up --empty -d", "status --format json"):
            command = [*prefix, NETFUL, *name.split(), "--stack", "bench"]
            done = subprocess.run(command, env=env, check=True, capture_output=True)
        try:
            yield json.loads(done.stdout)["endpoint_url"]
        finally:
            subprocess.run([NETFUL, "down", "--stack", "bench"], env=env, check=True, capture_output=True)


def seconds(action: Callable[[], Any]) -> float:
    """The time that an action takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def deployed(cloudformation: Any, template: str, rounds: int) -> list[Line]:
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
        Line("60 resources: ExecuteChangeSet → CREATE_COMPLETE", statistics.median(created), "s", "≤ 3 s"),
        Line("60 resources: update of one rule, UpdateStack → end", statistics.median(updated), "s", "≤ 0.5 s"),
        Line("60 resources: deletion", statistics.median(deleted), "s"),
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
    os.sched_setaffinity(0, {OTHER_CORE})
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


def latencies_beside(described_endpoint: str, url: str, path: str) -> tuple[list[float], float]:
    """The latencies of requests while a client describes an account, and the rate of that client.

    The client is a process of its own, so that the two clients do not wait for one interpreter.
    """
    processes = multiprocessing.get_context("spawn")
    started, stop, rates = processes.Event(), processes.Event(), processes.Queue()
    client = processes.Process(target=described, args=(described_endpoint, started, stop, rates))
    client.start()
    started.wait()
    found = latencies(url, path)
    stop.set()
    rate = rates.get()
    client.join()
    return found, rate


def beside(endpoint: str, other: str, rounds: int) -> list[Line]:
    """A load on an API: alone, while another account is described, and while its own account is described."""
    os.sched_setaffinity(0, {LOAD_CORE})
    cloudformation = boto3.client("cloudformation", endpoint_url=endpoint, **KEYS)
    cloudformation.create_stack(StackName="mock", TemplateBody=MOCK.read_text())
    (output,) = cloudformation.describe_stacks(StackName="mock")["Stacks"][0]["Outputs"]
    path = f"/_execute-api/{output['OutputValue']}/prod/"
    alone, floor, loaded, rates = [], [], [], []
    p99 = int(REQUESTS * 0.99)
    for _ in range(rounds):
        alone.append(latencies(endpoint, path)[p99])
        floor.append(latencies_beside(other, endpoint, path)[0][p99])
        found, rate = latencies_beside(endpoint, endpoint, path)
        loaded.append(found[p99])
        rates.append(rate)
    alone_ms, floor_ms, loaded_ms = (statistics.median(each) for each in (alone, floor, loaded))
    return [
        Line("describe calls beside the load", min(rates), "a second", "≥ 99 a second"),
        Line(
            "p99 of a MOCK method beside describe calls", loaded_ms, "ms", "≤ 1.5 times", alone_ms, "no describe calls"
        ),
        Line("the same beside those of another account", floor_ms, "ms", "", alone_ms, "no describe calls"),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with empty_account() as endpoint:
        cloudformation = boto3.client("cloudformation", endpoint_url=endpoint, **KEYS)
        ec2 = boto3.client("ec2", endpoint_url=endpoint, **KEYS)
        rows = deployed(cloudformation, sixty_resources(), rounds)
        rate = 300 / seconds(lambda: [ec2.describe_vpcs() for _ in range(300)])
        rows.append(Line("describe calls, one client, nothing beside", rate, "a second", "≥ 100 a second"))
    with empty_account(LOAD_CORE) as endpoint, empty_account(OTHER_CORE) as other:
        rows += beside(endpoint, other, rounds)
    print(table(rows))


if __name__ == "__main__":
    main()
