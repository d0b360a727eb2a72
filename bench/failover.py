"""Three gateway hosts that share a quota by a replicated Valkey, under load, while its primary is killed.

Each host is a network namespace with a stack and a sentinel; primary and replica have namespaces of their own, and a bridge joins
all. Each host gets the same constant rate. Afterwards the quota's count is compared with the requests that passed: what is
missing, in seconds of the whole load. Needs root.

    python bench/failover.py [--seconds 12] [--rate 60]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from goals import Line, table

NETFUL = str(Path(sys.executable).with_name("netful"))
BLOCK = "10.231.77"
HOSTS, PRIMARY, REPLICA, BRIDGE = ("1", "2", "3"), "4", "5", "bridge"
PORT, WATCH_PORT, NAME = 6379, 26379, "gateways"
KEY = "an-example-key-of-the-benchmark"
WHAT, GOAL = "three gateway hosts, Valkey fails over: lost counts", "≤ 1 s"
NEEDED = ("ip", "valkey-server", "h2load")
TEMPLATE = f"""
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {{Types: [REGIONAL]}}
      Body:
        swagger: "2.0"
        info: {{title: t, version: "1"}}
        securityDefinitions: {{api_key: {{type: apiKey, name: x-api-key, in: header}}}}
        paths:
          /counted:
            get:
              security: [{{api_key: []}}]
              responses: {{"200": {{description: it passed}}}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {{application/json: '{{"statusCode": 200}}'}}
                responses: {{default: {{statusCode: 200}}}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}}}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    DependsOn: Stage
    Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: prod}}], Quota: {{Limit: 1000000, Period: MONTH}}}}
  Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Enabled: true, Value: {KEY}}}}}
  Member: {{Type: AWS::ApiGateway::UsagePlanKey, Properties: {{KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}}}
"""


def namespace(place: str) -> str:
    """The name of a place's namespace."""
    return f"netful-bench-{os.getpid()}-{place}"


def inside(place: str, *words: str) -> list[str]:
    """A command at a place."""
    return ["ip", "netns", "exec", namespace(place), *words]


def run(*words: str) -> str:
    """The output of a command; ends the bench if it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def network() -> Iterator[None]:
    """A namespace for each place, and one with the bridge between them."""
    places = (*HOSTS, PRIMARY, REPLICA)
    try:
        for place in (BRIDGE, *places):
            run("ip", "netns", "add", namespace(place))
        run(*inside(BRIDGE, "ip", "link", "add", "br0", "up", "type", "bridge"))
        for place in places:
            run(
                *inside(
                    place, "ip", "link", "add", "eth0", "type", "veth", "peer", f"p{place}", "netns", namespace(BRIDGE)
                )
            )
            run(*inside(place, "ip", "address", "add", f"{BLOCK}.{place}/24", "dev", "eth0"))
            run(*inside(BRIDGE, "ip", "link", "set", f"p{place}", "up", "master", "br0"))
            for link in ("lo", "eth0"):
                run(*inside(place, "ip", "link", "set", link, "up"))
        yield
    finally:
        for place in (BRIDGE, *places):
            subprocess.run(["ip", "netns", "delete", namespace(place)], check=False, capture_output=True)


@contextlib.contextmanager
def program(place: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program at a place, killed in the end."""
    with subprocess.Popen(inside(place, *words), cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(place: str, port: int, *words: str) -> str:
    """The answer of a Valkey server, "" if there is none."""
    command = inside(place, "valkey-cli", "-h", f"{BLOCK}.{place}", "-p", str(port), *words)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def until(done: object, seconds: float = 60) -> float:
    """Wait for something, and return the seconds."""
    begun = time.monotonic()
    while not done():  # type: ignore[operator]
        if time.monotonic() - begun > seconds:
            sys.exit("a server does not do what it should")
        time.sleep(0.02)
    return time.monotonic() - begun


@contextlib.contextmanager
def servers(base: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A primary, a replica that has what the primary has, and a sentinel at each host that knows both."""
    with contextlib.ExitStack() as running:
        options = ("--protected-mode", "no", "--save", "", "--bind")
        primary, _ = (
            running.enter_context(program(place, base, "valkey-server", *options, f"{BLOCK}.{place}", *more))
            for place, more in ((PRIMARY, ()), (REPLICA, ("--replicaof", f"{BLOCK}.{PRIMARY}", str(PORT))))
        )
        until(lambda: "master_link_status:up" in answer(REPLICA, PORT, "INFO", "replication"))
        for place in HOSTS:
            folder = base / f"sentinel-{place}"
            folder.mkdir()
            (folder / "sentinel.conf").write_text(
                f"bind {BLOCK}.{place}\nprotected-mode no\nport {WATCH_PORT}\n"
                f"sentinel monitor {NAME} {BLOCK}.{PRIMARY} {PORT} 2\n"
                f"sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 3000\n"
            )
            running.enter_context(program(place, folder, "valkey-server", "sentinel.conf", "--sentinel"))
        for place in HOSTS:
            until(lambda place=place: answer(place, WATCH_PORT, "SENTINEL", "REPLICAS", NAME))
            until(
                lambda place=place: (
                    answer(place, WATCH_PORT, "SENTINEL", "SENTINELS", NAME).count("ip\n") == len(HOSTS) - 1
                )
            )
        yield primary


def status(place: str, base: Path) -> dict[str, object]:
    """The status of the stack at a host."""
    environment = os.environ | {"NETFUL_STATE": str(base / f"state-{place}")}
    done = subprocess.run(
        [NETFUL, "status", "--stack", "bench", "--format", "json"], env=environment, capture_output=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def stacks(base: Path) -> Iterator[dict[str, str]]:
    """The same stack at each host, and the URLs of its method there."""
    (base / "template.yaml").write_text(TEMPLATE)
    watching = ",".join(f"{BLOCK}.{place}:{WATCH_PORT}" for place in HOSTS)
    words = (
        "up",
        "-t",
        str(base / "template.yaml"),
        "--stack",
        "bench",
        "--state",
        f"valkey+sentinel://{watching}/{NAME}",
    )
    with contextlib.ExitStack() as running:
        for place in HOSTS:
            environment = f"NETFUL_STATE={base / f'state-{place}'}"
            run(*inside(place, "env", environment, NETFUL, *words, "-d"))
            running.callback(run, *inside(place, "env", environment, NETFUL, "down", "--stack", "bench"))
        yield {place: f"{status(place, base)['apis'][0]['url']}/counted" for place in HOSTS}  # type: ignore[index]


def load(place: str, url: str, rate: int, seconds: int, log: Path) -> subprocess.Popen[bytes]:
    """A constant rate at a host, each request on a connection of its own."""
    number = str(rate * seconds)
    options = ("--h1", "-r", "1", f"--rate-period={1000 // rate}ms", "-c", number, "-n", number, f"--log-file={log}")
    return subprocess.Popen(
        inside(place, "h2load", *options, "-H", f"x-api-key: {KEY}", url), stdout=subprocess.DEVNULL
    )


def failover(base: Path, rate: int, seconds: int) -> Line:
    """The line of the lost counts."""
    with network(), servers(base) as primary, stacks(base) as urls:
        logs = {place: base / f"{place}.log" for place in HOSTS}
        sent = [load(place, urls[place], rate, seconds, logs[place]) for place in HOSTS]
        time.sleep(seconds / 4)
        primary.send_signal(signal.SIGKILL)
        took = until(
            lambda: f"{BLOCK}.{REPLICA}" in answer(HOSTS[0], WATCH_PORT, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
        )
        for process in sent:
            process.wait()
        statuses = [line.split("\t")[1] for log in logs.values() for line in log.read_text().splitlines()]
        for place in HOSTS:  # each adds what it has counted alone with its next request
            load(place, urls[place], 1, 1, base / f"last-{place}.log").wait()
        passed = statuses.count("200") + len(HOSTS)
        counted = status(HOSTS[0], base)["gateway"]["quotas"][0]["used"]  # type: ignore[index]
    whole = rate * len(HOSTS)
    note = (
        f"{passed:,} of {len(statuses) + len(HOSTS):,} requests passed, {counted:,} are counted; "
        f"{whole} requests/s; the sentinels' failover {took:.1f} s"
    )
    return Line(WHAT, abs(passed - counted) / whole, "s", GOAL, note=note)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=12)
    parser.add_argument("--rate", type=int, default=50)
    given = parser.parse_args()
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid():
        line = Line(WHAT, None, "s", GOAL, note=f"not installed: {', '.join(missing)}" if missing else "needs root")
    else:
        with tempfile.TemporaryDirectory() as folder:
            line = failover(Path(folder), given.rate, given.seconds)
    print(table([line]))


if __name__ == "__main__":
    main()
