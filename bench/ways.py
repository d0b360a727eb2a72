"""Ways to one API: the same request direct, through the endpoint, and through load balancers; beside nginx alone.

The stack is examples/private-api-everywhere, with a route that needs no function: what is measured is the way. wrk runs in the
position of the client, in its namespace; nginx alone answers a constant 200 by TLS on loopback and shows what HTTP itself
costs here, and HAProxy before that nginx, which rewrites Host, what a load balancer does. A run with an answer that is no 200 counts for nothing and ends the bench.

    python bench/ways.py [--seconds 5] [--connections 1 32]

It needs wrk, nginx and haproxy (Debian and Ubuntu: packages of these names).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from goals import Line, table
from netful.services.tls.authority import Authority

NETFUL = str(Path(sys.executable).with_name("netful"))
EXAMPLE = Path(__file__).parents[1] / "examples" / "private-api-everywhere"
BASE = "execute-api.us-east-1.amazonaws.com"
PORT, BALANCED = 18_443, 18_444
REPORT = """
done = function(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  print(string.format("REPORT %d %d %f %f %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), failed))
end
"""
ROUTE = """
      DefinitionBody:
        openapi: 3.0.1
        info: {title: ways, version: "1"}
        paths:
          /orders/ping:
            get:
              responses: {"200": {description: pong}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses:
                  default: {statusCode: "200", responseTemplates: {application/json: '{"pong": true}'}}"""
NGINX = """
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    server {
        listen 127.0.0.1:PORT ssl;
        ssl_certificate certificate.pem;
        ssl_certificate_key key.pem;
        location / { default_type application/json; return 200 '{"pong": true}'; }
    }
}
"""


HAPROXY = f"""
global
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen balancer
    bind 127.0.0.1:{BALANCED} ssl crt both.pem
    http-request set-header Host orders.{BASE}
    http-reuse always
    server nginx 127.0.0.1:{PORT} ssl verify none
"""


@dataclass(frozen=True)
class Way:
    """One way: the client's position, None for the host itself; what it asks for, and by which Host if not the URL's."""

    name: str
    client: str | None
    url: str
    host: str = ""
    goal: str = ""


KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
FLOOR = "HAProxy that rewrites Host → nginx, on loopback"
WAYS = (
    Way("nginx alone, on loopback", None, f"https://127.0.0.1:{PORT}/"),
    Way(FLOOR, None, f"https://127.0.0.1:{BALANCED}/"),
    Way("direct: a regional API, from the internet", "internet", f"https://regional.{BASE}/prod/orders/ping"),
    Way("endpoint, by private DNS", "VpcApp", f"https://orders.{BASE}/prod/orders/ping"),
    Way("endpoint, from a peered VPC, with Host", "PeerApp", "https://{endpoint}/prod/orders/ping", f"orders.{BASE}"),
    Way(
        "ALB that rewrites Host → endpoint",
        "VpcApp",
        "https://direct.corp.example/prod/orders/ping",
        goal="≥ 0.6 times",
    ),
    Way("ALB → nginx → endpoint", "VpcApp", "https://api.corp.example/orders/ping"),
)


@dataclass(frozen=True)
class Run:
    """What wrk reports, latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32])
    given = parser.parse_args()
    missing = [name for name in ("wrk", "nginx", "haproxy") if shutil.which(name, path=path()) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}\nhint: apt-get install {' '.join(missing)}")
    lines = []
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder) / "servers"), stack(Path(folder)) as endpoint:
        script = Path(folder) / "report.lua"
        script.write_text(REPORT)
        floors: dict[int, float] = {}
        for way in WAYS:
            for connections in given.connections:
                measured(endpoint, way, script, connections, 1)  # connections, certificates, caches
                run = measured(endpoint, way, script, connections, given.seconds)
                if way.name == FLOOR:
                    floors[connections] = run.rate
                lines.append(Line(
                    f"{way.name}, {connections} connections", run.rate, "requests/s", way.goal if connections > 1 else "",
                    floors.get(connections), "HAProxy alone", f"p50 {run.p50:.2f} ms, p99 {run.p99:.2f} ms",
                ))  # fmt: skip
    print(table(lines))


def path() -> str:
    """Where programs are: some are often outside an ordinary user's PATH."""
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


@contextmanager
def stack(folder: Path) -> Iterator[str]:
    """The example with the route, running; gives the own name of its API's endpoint."""
    shutil.copytree(EXAMPLE, folder / "ways")
    template = folder / "ways" / "template.yaml"
    text = template.read_text()
    for line in ("      EndpointConfiguration: {Type: PRIVATE", "EndpointConfiguration: {Type: REGIONAL}}"):
        assert text.count(line) == 1, "the example has changed"
    text = text.replace("    Properties:\n      StageName: prod\n", f"    Properties:{ROUTE}\n      StageName: prod\n")
    regional = "    Properties: {StageName: prod, EndpointConfiguration: {Type: REGIONAL}}"
    block = f"    Properties:{ROUTE}\n      StageName: prod\n      EndpointConfiguration: {{Type: REGIONAL}}"
    template.write_text(text.replace(regional, block))
    os.environ["NETFUL_STATE"] = str(folder / "state")
    up = [NETFUL, "up", "-d", "--quiet", "--yes", "-t", str(template), "--stack", "ways"]
    unlimited = ["--account-throttle", "1000000/1000000"]
    subprocess.run([*up, *unlimited], check=True, capture_output=True)
    try:
        status = subprocess.run(
            [NETFUL, "status", "--stack", "ways", "--format", "json"], check=True, capture_output=True
        )
        ec2 = boto3.client("ec2", endpoint_url=json.loads(status.stdout)["endpoint_url"], **KEYS)
        service = {"Name": "service-name", "Values": ["com.amazonaws.us-east-1.execute-api"]}
        found = ec2.describe_vpc_endpoints(Filters=[service])["VpcEndpoints"]
        yield next(one["DnsEntries"][0]["DnsName"] for one in found if one["PrivateDnsEnabled"])
    finally:
        subprocess.run([NETFUL, "down", "--stack", "ways"], check=True, capture_output=True)


@contextmanager
def servers(folder: Path) -> Iterator[None]:
    """An nginx on loopback that answers by itself, and an HAProxy before it."""
    folder.mkdir()
    certificate, key = Authority(folder).issue(("127.0.0.1",))
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    (folder / "both.pem").write_bytes(certificate + key)
    (folder / "nginx.conf").write_text(NGINX.replace("PORT", str(PORT)))
    (folder / "haproxy.cfg").write_text(HAPROXY)
    programs = ("nginx -e stderr -p . -c nginx.conf -g", "daemon off;"), ("haproxy -f haproxy.cfg", "-db")
    running = []
    try:
        for words, last in programs:
            name, *options = words.split()
            command = [str(shutil.which(name, path=path())), *options, last]
            running.append(subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        yield
    finally:
        for process in running:
            process.terminate()
            process.wait()


def measured(endpoint: str, way: Way, script: Path, connections: int, seconds: int) -> Run:
    """One run of wrk."""
    words = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(script)]
    words += ["-H", f"Host: {way.host}"] if way.host else []
    url = way.url.replace("{endpoint}", endpoint)
    command = [NETFUL, "exec", "--stack", "ways", way.client, "--", *words, url] if way.client else [*words, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("REPORT")), "")
    if done.returncode or not line:
        sys.exit(f"{way.name}: {done.stdout}{done.stderr}")
    requests, microseconds, p50, p99, failed = (float(word) for word in line.split()[1:])
    if failed or not requests:
        sys.exit(f"{way.name}: {failed:.0f} of {requests:.0f} requests failed")
    return Run(requests / microseconds * 1e6, p50 / 1000, p99 / 1000)


if __name__ == "__main__":
    main()
