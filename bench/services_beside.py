"""Service calls beside other local clouds: the same signed requests, one after another, plain HTTP on loopback.

The connection is kept, as far as the server keeps it.

Each server runs in processes of its own; the client writes ready-made bytes, so that what is measured is the server.
netful is the stack of examples/ssm-demo, asked at its local endpoint.

    python bench/services_beside.py [--calls 2000] [--moto-server PROGRAM] [--ministack PROGRAM]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import peers

ROOT = Path(__file__).parents[1]
NETFUL = str(Path(sys.executable).with_name("netful"))
TABLE = {
    "TableName": "bench",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
KEY = {"id": {"S": "1"}}
KILOBYTE = b"x" * 1024


def post(service: str, target: str, content: object, version: str) -> bytes:
    """A request of the JSON protocol."""
    body = json.dumps(content).encode()
    return request(
        "POST", "/", service, body, f"X-Amz-Target: {target}\r\nContent-Type: application/x-amz-json-{version}"
    )


def request(method: str, path: str, service: str, body: bytes = b"", more: str = "X-Nothing: 1") -> bytes:
    """A request that says for which service it is signed."""
    scope = f"Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request"
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: AWS4-HMAC-SHA256 {scope}, "
        f"SignedHeaders=host, Signature=0\r\nX-Amz-Date: 20260101T000000Z\r\nContent-Length: {len(body)}\r\n{more}\r\n\r\n"
    )
    return head.encode() + body


PUT_PARAMETER = {"Name": "/bench", "Value": "hello", "Type": "String", "Overwrite": True}
PREPARATIONS = {
    "SSM": post("ssm", "AmazonSSM.PutParameter", PUT_PARAMETER, "1.1"),
    "DynamoDB": post("dynamodb", "DynamoDB_20120810.CreateTable", TABLE, "1.0"),
    "S3": request("PUT", "/bench", "s3"),
}
CALLS = {
    "SSM GetParameter": post("ssm", "AmazonSSM.GetParameter", {"Name": "/bench"}, "1.1"),
    "DynamoDB PutItem": post("dynamodb", "DynamoDB_20120810.PutItem", {"TableName": "bench", "Item": KEY}, "1.0"),
    "DynamoDB GetItem": post("dynamodb", "DynamoDB_20120810.GetItem", {"TableName": "bench", "Key": KEY}, "1.0"),
    "S3 PutObject, 1 KB": request("PUT", "/bench/key", "s3", KILOBYTE),
    "S3 GetObject, 1 KB": request("GET", "/bench/key", "s3"),
}


class Connection:
    """An HTTP connection, made anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, data: bytes) -> int:
        """Send a request, read its answer, give its status."""
        self._socket.sendall(data)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
        if length is None:
            assert b"transfer-encoding: chunked" in lines, head
            while not body.endswith(b"0\r\n\r\n"):
                body += self._receive()
        else:
            while len(body) < length:
                body += self._receive()
        if b"connection: close" in lines:
            self._socket.close()
            self._connect()
        return int(lines[0].split()[1])

    def _receive(self) -> bytes:
        data = self._socket.recv(65536)
        assert data, "the server hung up"
        return data


def measure(port: int, calls: int) -> dict[str, float]:
    """The median time of each call, in microseconds."""
    return {name: measure_call(port, name, calls) for name in CALLS}


def measure_call(port: int, name: str, calls: int) -> float:
    """The median time of a call, in microseconds, after what it needs was made. Raises RuntimeError for another answer."""
    connection = Connection(port)
    connection.call(PREPARATIONS[name.partition(" ")[0]])
    samples = []
    for _ in range(calls):
        begun = time.perf_counter()
        status = connection.call(CALLS[name])
        samples.append((time.perf_counter() - begun) * 1e6)
        if status != 200:
            raise RuntimeError(f"it answers {status}")
    return statistics.median(samples)


@contextlib.contextmanager
def netful() -> Iterator[int]:
    """The demo's stack; the port of its endpoint."""
    with tempfile.TemporaryDirectory() as state:
        environment = {**os.environ, "NETFUL_STATE": state}

        def run(*arguments: str) -> str:
            command = [NETFUL, *arguments, "--stack", "bench"]
            folder = ROOT / "examples/ssm-demo"
            return subprocess.run(
                command, check=True, capture_output=True, text=True, cwd=folder, env=environment
            ).stdout

        run("up", "-d", "-t", "endpoint.yaml")
        try:
            yield int(json.loads(run("status", "--format", "json"))["endpoint_url"].rpartition(":")[2])
        finally:
            run("down")


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--moto-server", default="")
    parser.add_argument("--ministack", default="")
    given = parser.parse_args()
    results = {}
    with netful() as port:
        results["netful"] = measure(port, given.calls)
    with tempfile.TemporaryDirectory() as folder:
        for name, peer, program in (
            ("moto_server", peers.moto_server, given.moto_server),
            ("ministack", peers.ministack, given.ministack),
        ):
            if program:
                with peer(program, Path(folder)) as found:
                    results[name] = measure(found.port, given.calls)
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}")
    print(f"calls a second, one connection, by the median of {given.calls}\n")
    print(f"| call | {' | '.join(results)} |\n|---|{'---|' * len(results)}")
    for call in CALLS:
        print(f"| {call} | {' | '.join(f'{1e6 / medians[call]:,.0f}' for medians in results.values())} |")


if __name__ == "__main__":
    main()
