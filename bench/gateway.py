"""API Gateway: requests a second, latency and CPU of six kinds of routes, beside nginx and other local clouds.

In one run, on loopback: the server's own process on one core, wrk on the other. Sandboxes and back ends, which the server
starts, run on either. A second of the same load goes before each measurement, so that what starts then is not in it. nginx answers a
constant 200, shows what HTTP itself costs here, and passes requests on to another nginx as an HTTP integration does.

| route | what it takes |
|---|---|
| mock | a MOCK integration with a response template |
| hit | an answer out of the stage's cache |
| throttled | a 429 of the method's own limit |
| lambda | a function behind AWS_PROXY; netful's runs in a sandbox |
| dynamodb | GetItem by a mapping template, without a function |
| http | HTTP_PROXY to an nginx that an instance runs |

h2load sends half of the highest rate, evenly, for the latencies at half load. It also asks mock by HTTP/2 and TLS, netful's from the
internet of the stack. `--workers 2` of netful and two workers of nginx
answer mock from both cores. The floor of lambda is what one environment answers, asked without a gateway.

    python bench/gateway.py [--seconds 3] [--ministack PROGRAM] [--serverless FOLDER]

PROGRAM is ministack's; FOLDER has serverless and serverless-offline in its `node_modules`. What is not given is left out.
moto's server is not beside them: its API Gateway answers no requests.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

import peers
from goals import Line, table
from netful.services.tls.authority import Authority
from runtime_api import RuntimeApi

NETFUL = str(Path(sys.executable).with_name("netful"))
STATUSES = {"mock": 200, "hit": 200, "throttled": 429, "lambda": 200, "dynamodb": 200, "http": 200}
CONNECTIONS = (1, 32)
GOALS = {
    "mock": "≥ 0.6 times",
    "hit": "≥ 0.6 times",
    "throttled": "≥ 0.6 times",
    "lambda": "≥ 0.75 times",
    "dynamodb": "≥ 12,000 requests/s",
    "http": "≥ 0.4 times",
}
HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "{}"}\n'
ROLE = "arn:aws:iam::000000000000:role/r"
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
REPORT = """
done = function(summary, latency, requests)
  print(string.format("REPORT %d %d %f %f", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99)))
end
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: bench
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Routes: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  RoutesOfSubnet: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Routes, SubnetId: !Ref Subnet}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}
  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Server}}
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python%(runtime)s, Handler: app.handler, CodeUri: code, MemorySize: 256, Timeout: 20}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: b
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /hit, CachingEnabled: true, CacheTtlInSeconds: 3600}
        - {HttpMethod: GET, ResourcePath: /throttled, ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1}
      DefinitionBody:
        swagger: "2.0"
        paths:
          /mock: {get: &mock {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"message": "ok"}'}}}}}}
          /throttled: {get: *mock}
          /hit: {get: &fn {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /lambda: {get: *fn}
          /http: {get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: !Sub "http://${Address}/"}}}
          /dynamodb:
            get:
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: POST
                credentials: !GetAtt Role.Arn
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:dynamodb:action/GetItem"
                requestTemplates: {application/json: '{"TableName": "bench", "Key": {"id": {"S": "$util.escapeJavaScript($input.params("id"))1"}}}'}
                responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"item": $input.json("$.Item")}'}}}
"""
NGINX = """
daemon off; worker_processes {workers}; pid pid; error_log stderr crit;
events {{}}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path tmp; proxy_temp_path tmp;
fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
upstream server {{ server 127.0.0.1:{behind}; keepalive 64; }}
server {{ listen {listen};
  location / {{ default_type application/json; return 200 '{{"message": "ok"}}'; }}
  location /http {{ proxy_pass http://server/; proxy_http_version 1.1; proxy_set_header Connection ""; }} }} }}
"""
SECURE = "; listen 127.0.0.1:{port} ssl; http2 on; ssl_certificate leaf.pem; ssl_certificate_key leaf.key"
HOST = """
[hosts.Server]
command = "exec /usr/sbin/nginx -e stderr -p . -c nginx.conf"
files = { "nginx.conf" = "nginx.conf" }
health = { port = 80, path = "/" }
"""


@dataclass(frozen=True)
class Server:
    """Something that answers: `url` of a route, None where it has none such; `pid` is of its own process.

    `secure` is the URL of mock by TLS, and `inside` the command by which a client reaches it.
    """

    pid: int
    url: Callable[[str], str | None]
    host: str = ""
    secure: str = ""
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """One run of wrk. CPU in microseconds a request, that of the server and of all that it started."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


# --- measuring --------------------------------------------------------------------------------------------------------


def measure(server: Server, route: str, connections: int, seconds: float, script: Path) -> Measured | None:
    """One run of wrk against a route; None where the server has no such route, or answers otherwise than it should, or never."""
    url = server.url(route)
    if url is None or warmed_up(url, server.host) != STATUSES[route]:
        return None
    headers = ["-H", f"Host: {server.host}"] if server.host else []
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
    subprocess.run([*command[:5], f"-c{connections}", "-d1s", *headers, url], check=True, capture_output=True)
    before = cpu_of(server.pid)
    out = subprocess.run([*command, *headers, url], check=True, capture_output=True, text=True).stdout
    spent = cpu_of(server.pid) - before
    line = next(line for line in out.splitlines() if line.startswith("REPORT"))
    requests, micros, p50, p99 = (float(word) for word in line.split()[1:])
    if not requests:
        return None
    return Measured(requests / micros * 1e6, p50 / 1000, p99 / 1000, spent / requests * 1e6)


def warmed_up(url: str, host: str) -> int:
    """The status of a route that has been asked some times."""
    status = 0
    for _ in range(20):
        request = urllib.request.Request(url, headers={"Host": host} if host else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
    return status


def cpu_of(pid: int) -> float:
    """The CPU time, in seconds, of a process and of all that descend from it."""
    parents, times = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            times[int(folder.name)] = sum(map(int, fields[11:15]))
    ours = {pid}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(times.get(one, 0) for one in ours) / os.sysconf("SC_CLK_TCK")


def pin(pid: int) -> None:
    """Keep a process, its threads and not its children, on the first core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {0})


# --- the servers ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def nginx(folder: Path, workers: int = 1) -> Iterator[Server]:
    """A constant 200, and one passed on from another nginx."""
    secure = peers.free_port()
    with (
        nginx_alone(folder / "behind", 0) as behind,
        nginx_alone(folder / "front", behind.port, workers, SECURE.format(port=secure)) as peer,
    ):
        children = Path(f"/proc/{peer.pid}/task/{peer.pid}/children").read_text().split()
        if workers == 1:
            pin(int(children[0]))
        paths = {"mock": "", "http": "http"}
        yield Server(
            peer.pid,
            lambda route: f"{peer.url}/{paths[route]}" if route in paths else None,
            secure=f"https://127.0.0.1:{secure}/",
        )


@contextlib.contextmanager
def nginx_alone(folder: Path, behind: int, workers: int = 1, also: str = "") -> Iterator[peers.Peer]:
    """An nginx that may pass requests on to a port, and listen elsewhere also."""
    folder.mkdir(parents=True)
    port = peers.free_port()
    certificate, key = Authority(folder).issue(["localhost"])
    (folder / "leaf.pem").write_bytes(certificate)
    (folder / "leaf.key").write_bytes(key)
    configuration = NGINX.format(listen=f"127.0.0.1:{port}{also}", behind=behind or port, workers=workers)
    (folder / "nginx.conf").write_text(configuration)
    with peers.serving(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, folder) as peer:
        yield peer


@contextlib.contextmanager
def netful(folder: Path, *options: str) -> Iterator[Server]:
    """A stack with all routes, whose account has more than AWS gives at first."""
    (folder / "code").mkdir(parents=True)
    (folder / "code/app.py").write_text(HANDLER)
    (folder / "template.yaml").write_text(TEMPLATE % {"runtime": peers.runtime()})
    (folder / "netful.toml").write_text(HOST)
    (folder / "nginx.conf").write_text(NGINX.format(listen=80, behind=81, workers=1))
    environment = {**os.environ, "NETFUL_STATE": str(folder / "state")}

    def run(*arguments: str) -> str:
        command = [NETFUL, *arguments, "--stack", "bench"]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment).stdout

    run("up", "-d", "--yes", "--account-throttle", "1000000/1000000", *options)
    try:
        status = json.loads(run("status", "--format", "json"))
        put_item(status["endpoint_url"], "bench")
        pid = daemon_of(folder / "state")
        if "--workers" not in options:
            pin(pid)
        yield Server(
            pid,
            lambda route: f"{status['apis'][0]['url']}/{route}",
            secure="https://Api.execute-api.us-east-1.amazonaws.com/b/mock",
            inside=(NETFUL, "exec", "internet", "--stack", "bench", "--"),
        )
    finally:
        run("down")


@contextlib.contextmanager
def valkey(folder: Path) -> Iterator[peers.Peer]:
    """The state that workers share."""
    folder.mkdir()
    port = peers.free_port()
    command = ["valkey-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with peers.serving(command, port, folder) as peer:
        yield peer


def daemon_of(state: Path) -> int:
    """The process of a stack, by who listens on its control socket."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(next(state.rglob("control.sock"))))
        return int.from_bytes(control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], sys.byteorder)


@contextlib.contextmanager
def ministack(program: str, folder: Path) -> Iterator[Server]:
    """ministack, with the same routes as far as it takes them."""
    with peers.ministack(program, folder) as peer:
        pin(peer.pid)
        create_table(peer.url)
        put_item(peer.url, "bench")
        api_id = create_api(peer.url, create_function(peer.url))
        routes = {"mock", "throttled", "lambda", "dynamodb"}
        yield Server(
            peer.pid,
            lambda route: f"{peer.url}/b/{route}" if route in routes else None,
            f"{api_id}.execute-api.localhost:{peer.port}",
        )


@contextlib.contextmanager
def serverless(modules: Path, folder: Path) -> Iterator[Server]:
    """serverless-offline: functions in Python, without isolation."""
    functions = "{Fn: {handler: app.handler, events: [{http: {method: get, path: lambda}}]}}"
    with peers.serverless(modules, folder, HANDLER, functions) as peer:
        pin(peer.pid)
        yield Server(peer.pid, lambda route: f"{peer.url}/b/lambda" if route == "lambda" else None)


# --- what AWS's API makes at the peers ----------------------------------------------------------------------------------


def client(url: str, service: str) -> Any:
    return boto3.client(service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}), **KEYS)


def create_table(url: str) -> None:
    client(url, "dynamodb").create_table(
        TableName="bench",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )


def put_item(url: str, table: str) -> None:
    client(url, "dynamodb").put_item(TableName=table, Item={"id": {"S": "1"}, "what": {"S": "hello"}})


def create_function(url: str, name: str = "Fn") -> str:
    """Make the function; its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", HANDLER)
    api = client(url, "lambda")
    made = api.create_function(
        FunctionName=name, Runtime=f"python{peers.runtime()}", Role=ROLE, Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    api.get_waiter("function_active_v2").wait(FunctionName=name)
    api.add_permission(
        FunctionName=name, StatementId="gateway", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    return str(made["FunctionArn"])


def create_api(url: str, function_arn: str) -> str:
    """Make the API with its routes; its id."""
    api = client(url, "apigateway")
    id_ = api.create_rest_api(name="bench")["id"]
    root = api.get_resources(restApiId=id_)["items"][0]["id"]
    action = "arn:aws:apigateway:us-east-1"
    mock = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}
    proxy = f"{action}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    key = '{"TableName": "bench", "Key": {"id": {"S": "1"}}}'
    get_item = {"uri": f"{action}:dynamodb:action/GetItem", "requestTemplates": {"application/json": key}}
    integrations: dict[str, dict[str, Any]] = {
        "mock": mock,
        "throttled": mock,
        "lambda": {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": proxy},
        "dynamodb": {"type": "AWS", "integrationHttpMethod": "POST", "credentials": ROLE, **get_item},
    }
    for path, integration in integrations.items():
        resource = api.create_resource(restApiId=id_, parentId=root, pathPart=path)["id"]
        place = {"restApiId": id_, "resourceId": resource, "httpMethod": "GET"}
        api.put_method(**place, authorizationType="NONE")
        api.put_integration(**place, **integration)
        api.put_method_response(**place, statusCode="200")
        api.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": ""})
    api.create_deployment(restApiId=id_, stageName="b")
    limits = {"rateLimit": "1", "burstLimit": "1"}
    patches = [{"op": "replace", "path": f"/~1throttled/GET/throttling/{n}", "value": v} for n, v in limits.items()]
    api.update_stage(restApiId=id_, stageName="b", patchOperations=patches)
    return str(id_)


# --- the table --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--ministack", default="")
    parser.add_argument("--serverless", type=Path)
    given = parser.parse_args()
    servers: dict[str, Callable[[Path], contextlib.AbstractContextManager[Server]]] = {"nginx": nginx, "netful": netful}
    if given.ministack:
        servers["ministack"] = lambda folder: ministack(given.ministack, folder)
    if given.serverless:
        servers["serverless-offline"] = lambda folder: serverless(given.serverless, folder)
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        script = Path(base, "report.lua")
        script.write_text(REPORT)
        floors = {"lambda": pingpong(Path(base, "pingpong"), given.seconds)}
        for name, start in servers.items():
            folder = Path(base, name)
            folder.mkdir()
            with start(folder) as server:
                for route in STATUSES:
                    one, many = (measure(server, route, count, given.seconds, script) for count in CONNECTIONS)
                    if one and many:
                        lines += of_route(name, route, one, many, floors)
                        if name == "nginx":
                            floors[route] = many.rate
                        if route == "mock" and server.secure:
                            floors["http2"], line = by_http2(name, server, floors, given.seconds, folder)
                            lines.append(line)
                        if name == "netful" and route in {"mock", "lambda"}:
                            lines.append(half_load(server, route, many.rate / 2, given.seconds, folder))
        lines += several_workers(Path(base), given.seconds, script)
    print(table(lines))


def of_route(name: str, route: str, one: Measured, many: Measured, floors: dict[str, float]) -> list[Line]:
    """The lines of a route, with one connection and with many."""
    goal, own = (GOALS[route], name == "netful") if name == "netful" else ("", False)
    floor = floors.get(route, floors.get("mock") if route in {"hit", "throttled"} else None) if own else None
    what = "one environment without a gateway" if route == "lambda" else "nginx"
    first, second = (
        f"p50 {run.p50_ms:.2f}, p99 {run.p99_ms:.2f} ms; {run.cpu_us:.1f} µs of processor time" for run in (one, many)
    )
    return [
        Line(f"{name}, {route}, 1 connection", one.rate, "requests/s", note=first),
        Line(f"{name}, {route}, {CONNECTIONS[1]} connections", many.rate, "requests/s", goal, floor, what, second),
    ]


def half_load(server: Server, route: str, rate: float, seconds: int, folder: Path) -> Line:
    """The line of the latencies of requests that come evenly."""
    what, goal, clients = f"netful, {route}, half load: p99", "≤ 3 times", 16
    program, log, url = shutil.which("h2load"), folder / "requests", server.url(route)
    if program is None:
        return Line(what, None, "ms", goal, note="h2load is not installed: apt-get install nghttp2-client")
    assert url is not None
    options = ["--h1", "-c", str(clients), f"--rps={rate / clients:.0f}", "-D", str(seconds), f"--log-file={log}"]
    log.unlink(missing_ok=True)
    subprocess.run(["taskset", "-c", "1", program, *options, url], check=True, capture_output=True)
    times = sorted(int(line.split()[2]) / 1000 for line in log.read_text().splitlines())
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    return Line(what, p99, "ms", goal, p50, "p50", f"{len(times) / seconds:,.0f} requests/s")


def by_http2(name: str, server: Server, floors: dict[str, float], seconds: int, folder: Path) -> tuple[float, Line]:
    """The rate of mock by HTTP/2 and TLS, and its line."""
    command = [
        "taskset",
        "-c",
        "1",
        "h2load",
        "-c",
        "32",
        "-m",
        "8",
        "--warm-up-time",
        "1",
        "-D",
        str(seconds),
        server.secure,
    ]
    environment = {**os.environ, "NETFUL_STATE": str(folder / "state")}
    before = cpu_of(server.pid)
    out = subprocess.run([*server.inside, *command], check=True, capture_output=True, text=True, env=environment).stdout
    spent = cpu_of(server.pid) - before
    found = re.search(r", ([\d.]+) req/s.*?(\d+) succeeded, 0 failed", out, re.DOTALL)
    assert found is not None, out
    rate, goal, floor = float(found[1]), "≥ 0.6 times" if name == "netful" else "", floors.get("http2")
    note = f"{spent / (rate * (seconds + 1)) * 1e6:.1f} µs of processor time"
    return rate, Line(f"{name}, mock, HTTP/2, 32 connections", rate, "requests/s", goal, floor, "nginx, HTTP/2", note)


def several_workers(base: Path, seconds: int, script: Path) -> list[Line]:
    """The lines of one and of two workers, judged by processor time: wrk needs a part of the same cores."""
    if shutil.which("valkey-server") is None:
        return [Line("netful, mock, 2 workers", None, "requests/s", "≥ 1.7 times", note="valkey is not installed")]
    found: dict[str, Measured] = {}
    with valkey(base / "valkey") as state:
        shared = ("--state", f"valkey://127.0.0.1:{state.port}")
        for name, start in (
            ("nginx, 1", partial(nginx, base / "nginx1")),
            ("nginx, 2", partial(nginx, base / "nginx2", 2)),
            ("netful, 1", partial(netful, base / "netful1", *shared)),
            ("netful, 2", partial(netful, base / "netful2", "--workers", "2", *shared)),
        ):
            with start() as server:
                before = cpu_of(state.pid)
                run = measure(server, "mock", CONNECTIONS[1], seconds, script)
                assert run is not None
                found[name] = run
                used = cpu_of(state.pid) - before
    share = used / (used + found["netful, 2"].cpu_us * found["netful, 2"].rate * seconds / 1e6)
    lines = []
    for name, goal, note in (("nginx", "", ""), ("netful", "≥ 1.7 times", f"Valkey's share {share:.0%}")):
        one, two = found[f"{name}, 1"], found[f"{name}, 2"]
        lines += [
            Line(f"{name}, mock, 2 workers", two.rate, "requests/s", "", one.rate, "1 worker", note),
            Line(f"{name}, mock, 2 workers, a second of their processor time", 2e6 / two.cpu_us, "requests",
                 goal, 1e6 / one.cpu_us, "1 worker"),
        ]  # fmt: skip
    return lines


def pingpong(folder: Path, seconds: int) -> float:
    """Events a second that a plain process of AWS's runtime client answers."""
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    command = [sys.executable, "-m", "awslambdaric", "app.handler"]
    with RuntimeApi.of(command, folder) as api:
        number, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            api.invoke(number)
            number += 1
    return number / seconds


if __name__ == "__main__":
    main()
