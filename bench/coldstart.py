"""Cold and warm: from `invoke` to the handler's answer, with one SSM GetParameter through the endpoint.

The talk's demo took 274 ms, cold start included. Beside it, in the same run: the same handler in a plain
`python -m awslambdaric` process on loopback, without a sandbox, a network or TLS of its own.

    python bench/coldstart.py [--rounds 20]
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from goals import Line, table
from netful import sources
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from netful.stack.control.client import Client

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "examples" / "ssm-demo"
NETFUL = str(Path(sys.executable).with_name("netful"))
NAME = "bench-coldstart"
UPS = 5


def timed(call: Callable[[], object]) -> float:
    """How long a call takes, in milliseconds."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def whole_process(*arguments: str) -> float:
    """How long a command takes from start to end."""
    return timed(lambda: subprocess.run([NETFUL, *arguments], check=True, capture_output=True, cwd=DEMO))


def attachments(rounds: int) -> list[float]:
    """How long it takes to give a sandbox its network, as on the path of a cold start."""
    cloud = sources.load([DEMO / "endpoint.yaml"])
    thread = NamespaceThread()
    fabric = thread.run(Fabric, cloud, thread.limbo)
    samples = []
    for _ in range(rounds):
        thread.run(fabric.sandboxes.prepare)
        samples.append(timed(lambda: thread.run(fabric.sandboxes.attach, cloud.compute.functions["ReadParameter"])))
    for door in fabric.doors:
        door.close()
    thread.run(fabric.close)
    thread.close()
    return samples


def invoke(client: Client, *, cold: bool) -> None:
    """Invoke the function and insist on its answer."""
    done = client.call("invoke", function="ReadParameter", payload=base64.b64encode(b"{}").decode(), cold=cold)
    answer = json.loads(base64.b64decode(done["payload"]))
    assert answer == {"value": "hello from Parameter Store"}, answer
    assert (done["init_ms"] is not None) is cold


class PlainServer(BaseHTTPRequestHandler):
    """A Runtime API and a Systems Manager in one, as small as can be, for the plain process."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write an answer: without it, Nagle's algorithm costs 41 ms

    def do_GET(self) -> None:
        """Hand out the next event."""
        event = self.server.pending.get()  # type: ignore[attr-defined]
        self._answer(event, {"Lambda-Runtime-Aws-Request-Id": "1", "Lambda-Runtime-Deadline-Ms": "9999999999999",
                             "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:1:function:f",
                             "Lambda-Runtime-Trace-Id": "Root=1-0-0", "Lambda-Runtime-Client-Context": "",
                             "Lambda-Runtime-Cognito-Identity": "", "Content-Type": "application/json"})  # fmt: skip

    def do_POST(self) -> None:
        """Take an answer, or answer a call of Systems Manager."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "X-Amz-Target" in self.headers:
            value = {"Parameter": {"Name": "p", "Value": "hello from Parameter Store", "Type": "String"}}
            self._answer(json.dumps(value).encode(), {"Content-Type": "application/x-amz-json-1.1"})
        else:
            self._answer(b'{"status":"OK"}', {})
            self.server.answers.put(body)  # type: ignore[attr-defined]

    def _answer(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """A server whose client is killed in the end: its broken connections are no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


def plain(rounds: int) -> tuple[list[float], list[float]]:
    """Cold and warm milliseconds of the plain process."""
    samples = [plain_once() for _ in range(rounds)]
    return [cold for cold, _ in samples], [warm for _, warm in samples]


def plain_once() -> tuple[float, float]:
    """One process of its own with a server of its own: its first and its second invocation."""
    server = QuietServer(("127.0.0.1", 0), PlainServer)
    server.pending, server.answers = queue.Queue(), queue.Queue()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    environment = {
        "PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": host, "AWS_ENDPOINT_URL_SSM": f"http://{host}",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x", "PARAMETER_NAME": "p", "PYTHONPATH": str(DEMO / "read_parameter"),
        "LAMBDA_TASK_ROOT": str(DEMO / "read_parameter"),
    }  # fmt: skip

    def once() -> None:
        server.pending.put(b"{}")  # type: ignore[attr-defined]
        assert b"hello" in server.answers.get(timeout=30)  # type: ignore[attr-defined]

    command = [sys.executable, "-m", "awslambdaric", "app.handler"]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        once()
        cold = (time.perf_counter() - begun) * 1000
        warm = timed(once)
        process.kill()
    server.shutdown()
    return cold, warm


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as state:
        os.environ["NETFUL_STATE"] = state
        ups = []
        for _ in range(UPS):
            whole_process("down", "--stack", NAME)
            ups.append(whole_process("up", "-d", "-t", "endpoint.yaml", "--stack", NAME))
        with Client(NAME) as client:
            cold = [timed(lambda: invoke(client, cold=True)) for _ in range(rounds)]
            invoke(client, cold=True)
            warm = [timed(lambda: invoke(client, cold=False)) for _ in range(rounds)]
        whole_process("down", "--stack", NAME)
        attach = attachments(rounds)
    traces = [whole_process("trace", "-t", "endpoint.yaml", "ReadParameter", "aws:ssm") for _ in range(rounds)]
    plain_cold, plain_warm = plain(rounds)
    beside, middle = "plain `python -m awslambdaric`", statistics.median
    print(f"Medians of {rounds}; the least and the most in brackets.\n")
    print(table(
        Line(what, middle(samples), "ms", goal, middle(floor) if floor else None, beside, f"{min(samples):.1f} - {max(samples):.1f}")
        for what, goal, samples, floor in (
            ("cold: sandbox, network, boto3, name, TLS, GetParameter", "≤ 60 ms", cold, plain_cold),
            ("warm: GetParameter", "≤ 3 ms", warm, plain_warm),
            ("attach a sandbox to its network", "≤ 2 ms", attach, None),
            ("`netful up -d` of the demo, whole process", "≤ 600 ms", ups, None),
            ("`netful trace` of the demo, whole process", "≤ 500 ms", traces, None),
        )
    ))  # fmt: skip


if __name__ == "__main__":
    main()
