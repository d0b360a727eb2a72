"""Other local clouds beside netful, in one run: start, memory, functions, routes of an API, services.

Each is asked by the same calls of AWS's API: to make a function, a table, an API; then measured, one after the other. netful is
an empty account, whose functions run in sandboxes. A cell without a figure has the reason, in the words of the one that refused.

    python bench/beside_peers.py FOLDER [--seconds 2] [--calls 500]

FOLDER is what `scripts/clients FOLDER ministack moto localstack serverless` makes. The table goes to build/peers.md, too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError, WaiterError

import gateway
import peers
import services_beside
from family import daemon_of, family, pss

NETFUL = str(Path(sys.executable).with_name("netful"))
ROOT = Path(__file__).parents[1]
COLD = 5
SERVERLESS = "{Fn: {handler: app.handler, events: [{http: {method: get, path: lambda}}]}}"
REASON = 100  # characters
ABSENT = "arn:aws:lambda:us-east-1:000000000000:function:Absent"


@dataclass
class Cloud:
    """A running cloud: its process, where its services, functions and APIs answer; `made` is the function that it has."""

    pid: int
    url: str = ""
    lambda_url: str = ""
    route: Callable[[str, str], tuple[str, str]] | None = None
    made: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def netful(folder: Path) -> Iterator[Cloud]:
    """An empty account."""
    os.environ["NETFUL_STATE"] = str(folder)
    name = "bench-peers"
    command = [NETFUL, "up", "--empty", "-d", "--account-throttle", "1000000/1000000", "--stack", name]
    subprocess.run(command, check=True, capture_output=True)
    try:
        status = subprocess.run(
            [NETFUL, "status", "--format", "json", "--stack", name], check=True, capture_output=True
        )
        url = json.loads(status.stdout)["endpoint_url"]
        yield Cloud(daemon_of(name), url, url, lambda api, route: (f"{url}/_execute-api/{api}/b/{route}", ""))
    finally:
        subprocess.run([NETFUL, "down", "--stack", name], check=True, capture_output=True)


@contextlib.contextmanager
def ministack(folder: Path, program: Path) -> Iterator[Cloud]:
    """Its APIs have host names."""
    with peers.ministack(str(program), folder) as peer:
        host = f"execute-api.localhost:{peer.port}"
        yield Cloud(peer.pid, peer.url, peer.url, lambda api, route: (f"{peer.url}/b/{route}", f"{api}.{host}"))


@contextlib.contextmanager
def moto_server(folder: Path, program: Path) -> Iterator[Cloud]:
    """Its APIs answer no requests."""
    with peers.moto_server(str(program), folder) as peer:
        yield Cloud(peer.pid, peer.url, peer.url)


@contextlib.contextmanager
def localstack(folder: Path, python: Path) -> Iterator[Cloud]:
    """The last version whose core needs no account: without Docker, as a process."""
    with peers.localstack(python, folder) as peer:
        yield Cloud(
            peer.pid, peer.url, peer.url, lambda api, route: (f"{peer.url}/_aws/execute-api/{api}/b/{route}", "")
        )


@contextlib.contextmanager
def serverless(folder: Path, modules: Path) -> Iterator[Cloud]:
    """A function behind a route; no services."""
    with peers.serverless(modules, folder, gateway.HANDLER, SERVERLESS) as peer:
        where = lambda _api, route: (f"{peer.url}/b/{route}", "")  # noqa: E731
        yield Cloud(peer.pid, "", f"http://127.0.0.1:{peer.lambda_port}", where, "bench-b-Fn")


def said(measure: Callable[[], str]) -> str:
    """What a measurement says, or why there is none."""
    try:
        return measure()
    except Exception as error:  # noqa: BLE001  # the reason is the cell
        text = str(error).partition("max retries: 0): ")[2] or f"{type(error).__name__}: {error}"
        return " ".join(text.split())[:REASON].replace("|", "/")


def invoked(cloud: Cloud, name: str) -> float:
    """The milliseconds of an invocation."""
    api = gateway.client(cloud.lambda_url, "lambda")
    begun = time.perf_counter()
    answer = api.invoke(FunctionName=name, Payload=b"{}")
    took = (time.perf_counter() - begun) * 1000
    if "FunctionError" in answer or b"statusCode" not in (body := answer["Payload"].read()):
        raise RuntimeError(f"the function failed: {body!r}" if "FunctionError" not in answer else "the function failed")
    return took


def cold(cloud: Cloud) -> str:
    """The first invocation of functions, each of them made for it."""
    if cloud.made:
        return f"{invoked(cloud, cloud.made):.0f} ms"
    samples = []
    for number in range(COLD):
        name = f"Cold{number}"
        gateway.create_function(cloud.url, name)
        samples.append(invoked(cloud, name))
    return f"{statistics.median(samples):.0f} ms"


def warm(cloud: Cloud, calls: int) -> str:
    """Invocations one after the other."""
    name = cloud.made or "Cold0"
    return f"{statistics.median(invoked(cloud, name) for _ in range(calls)):.2f} ms"


def routes(cloud: Cloud, seconds: float, script: Path) -> dict[str, str]:
    """Requests a second of routes of an API."""
    if cloud.route is None:
        return dict.fromkeys(ROUTES, "its APIs answer no requests")
    function = ABSENT
    with contextlib.suppress(ClientError, WaiterError):  # the other routes need none
        function = ABSENT if cloud.made else gateway.create_function(cloud.url, "Behind")
    api = "" if cloud.made else gateway.create_api(cloud.url, function)
    found = {}
    for route in ROUTES:
        url, host = cloud.route(api, route)
        run = gateway.measure(gateway.Server(cloud.pid, lambda _route, url=url: url, host), route, 32, seconds, script)
        found[route] = f"{run.rate:,.0f} requests/s" if run else "no answer, or another than this route has"
    return found


ROUTES = ("mock", "throttled", "lambda", "dynamodb")


def measured(cloud: Cloud, calls: int, seconds: float, script: Path) -> dict[str, str]:
    """All cells of a cloud but its start."""
    cells = {"memory at rest": f"{sum(map(pss, family(cloud.pid))):.0f} MB"}
    cells["function: cold"] = said(partial(cold, cloud))
    cells["function: warm"] = said(partial(warm, cloud, calls))
    for name in services_beside.CALLS:
        cells[name] = said(partial(service, cloud, name, calls)) if cloud.url else "it has no services"
    found = said(lambda: json.dumps(routes(cloud, seconds, script)))
    of_routes = json.loads(found) if found.startswith("{") else dict.fromkeys(ROUTES, found)
    return cells | {f"route: {route}": text for route, text in of_routes.items()}


def service(cloud: Cloud, name: str, calls: int) -> str:
    """Calls a second of a service."""
    return f"{1e6 / services_beside.measure_call(int(cloud.url.rpartition(':')[2]), name, calls):,.0f} calls/s"


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--calls", type=int, default=500)
    given = parser.parse_args()
    installed = given.folder.absolute()
    clouds: dict[str, Callable[[Path], contextlib.AbstractContextManager[Cloud]]] = {
        "netful": netful,
        "ministack": partial(ministack, program=installed / "ministack/bin/ministack"),
        "moto_server": partial(moto_server, program=installed / "moto/bin/moto_server"),
        "LocalStack core 4.14": partial(localstack, python=installed / "localstack/bin/python"),
        "serverless-offline": partial(serverless, modules=installed / "serverless"),
    }
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        script = Path(base, "report.lua")
        script.write_text(gateway.REPORT)
        for number, (name, start) in enumerate(clouds.items()):
            folder = Path(base, str(number))
            folder.mkdir()
            begun = time.monotonic()
            try:
                with start(folder) as cloud:
                    columns[name] = {"start": f"{time.monotonic() - begun:.2f} s"} | measured(
                        cloud, given.calls, given.seconds, script
                    )
            except (OSError, subprocess.SubprocessError, TimeoutError) as error:
                columns[name] = columns.get(name, {"start": f"{type(error).__name__}: {error}"[:REASON]})
    rows = [
        "start",
        "memory at rest",
        "function: cold",
        "function: warm",
        *(f"route: {one}" for one in ROUTES),
        *services_beside.CALLS,
    ]
    lines = [f"| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}"]
    lines += [f"| {row} | {' | '.join(cells.get(row, '-') for cells in columns.values())} |" for row in rows]
    table = "\n".join(lines) + "\n"
    print(table)
    file = ROOT / "build/peers.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"## Peers\n\n{table}", encoding="utf-8")


if __name__ == "__main__":
    main()
