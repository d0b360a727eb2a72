"""Ways to one API: the same request direct, through the endpoint, and through load balancers; beside nginx alone.

The stack is examples/private-api-everywhere, with a route that needs no function: what is measured is the way. wrk runs in the
position of the client, in its namespace; nginx alone answers a constant 200 by TLS on loopback and shows what HTTP itself
costs here. A run with an answer that is no 200 counts for nothing and ends the bench.

    python bench/ways.py [--seconds 5] [--connections 1 32]

It needs wrk, nginx and haproxy (Debian and Ubuntu: packages of these names).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from netful.services.tls.authority import Authority

NETFUL = str(Path(sys.executable).with_name("netful"))
EXAMPLE = Path(__file__).parents[1] / "examples" / "private-api-everywhere"
BASE = "execute-api.us-east-1.amazonaws.com"
ENDPOINT = "vpce-apiendpoint-22de77e0.execute-api.us-east-1.vpce.amazonaws.com"
PORT = 18_443
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


@dataclass(frozen=True)
class Way:
    """One way: the client's position, None for the host itself; what it asks for, and by which Host if not the URL's."""

    name: str
    client: str | None
    url: str
    host: str = ""


WAYS = (
    Way("nginx alone, on loopback", None, f"https://127.0.0.1:{PORT}/"),
    Way("direct: a regional API, from the internet", "internet", f"https://regional.{BASE}/prod/orders/ping"),
    Way("endpoint, by private DNS", "VpcApp", f"https://orders.{BASE}/prod/orders/ping"),
    Way("endpoint, from a peered VPC, with Host", "PeerApp", f"https://{ENDPOINT}/prod/orders/ping", f"orders.{BASE}"),
    Way("ALB that rewrites Host → endpoint", "VpcApp", "https://direct.corp.example/prod/orders/ping"),
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
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    print("| way | connections | requests/s | p50 ms | p99 ms |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, nginx_alone(Path(folder) / "nginx"), stack(Path(folder)) as netful:
        script = Path(folder) / "report.lua"
        script.write_text(REPORT)
        for way in WAYS:
            for connections in given.connections:
                measured(netful, way, script, connections, 1)  # connections, certificates, caches
                run = measured(netful, way, script, connections, given.seconds)
                print(f"| {way.name} | {connections} | {run.rate:,.0f} | {run.p50:.2f} | {run.p99:.2f} |", flush=True)


def path() -> str:
    """Where programs are: some are often outside an ordinary user's PATH."""
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


@contextmanager
def stack(folder: Path) -> Iterator[list[str]]:
    """The example with the route, running; gives the beginning of a command in it."""
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
    up = [NETFUL, "up", "-d", "--quiet", "-t", str(template), "--stack", "ways"]
    unlimited = ["--account-throttle", "1000000/1000000"]
    subprocess.run([*up, *unlimited], check=True, capture_output=True)
    try:
        yield [NETFUL, "exec", "--stack", "ways"]
    finally:
        subprocess.run([NETFUL, "down", "--stack", "ways"], check=True, capture_output=True)


@contextmanager
def nginx_alone(folder: Path) -> Iterator[None]:
    """An nginx on loopback that answers by itself."""
    folder.mkdir()
    certificate, key = Authority(folder).issue(("127.0.0.1",))
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    (folder / "nginx.conf").write_text(NGINX.replace("PORT", str(PORT)))
    program = shutil.which("nginx", path=path())
    assert program is not None
    words = [program, "-e", "stderr", "-p", str(folder), "-c", "nginx.conf", "-g", "daemon off;"]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def measured(netful: list[str], way: Way, script: Path, connections: int, seconds: int) -> Run:
    """One run of wrk."""
    words = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(script)]
    words += ["-H", f"Host: {way.host}"] if way.host else []
    command = [*netful, way.client, "--", *words, way.url] if way.client else [*words, way.url]
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
