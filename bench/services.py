"""SSM GetParameter through the front door, and a name through the resolver: what each costs.

Run it: `python bench/services.py`. One client on loopback, TLS with keep-alive; a bare client, then boto3's.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import statistics
import tempfile
import time
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import boto3
import uvloop
from dnslib import DNSRecord

from netful.dns.responder import Responder
from netful.engine.names.resolution import DnsAnswer
from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.functions.function import SsmParameter
from netful.services.backends.backend import Backends
from netful.services.front.front import Front
from netful.services.tls.authority import Authority

HOST = "ssm.eu-west-1.amazonaws.com"
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter", "Host": HOST}
CLOUD = Cloud.of(region="eu-west-1", ssm_parameters={"P": SsmParameter("P", "/demo/p", "hello")})


def report(label: str, call: Callable[[], object], times: int) -> None:
    durations = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        durations.append((time.perf_counter() - begin) * 1e6)
    print(f"| {label} | {statistics.median(durations):,.0f} | {statistics.quantiles(durations, n=100)[98]:,.0f} |")


def ask(port: int, bundle: Path) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", port)
    context = ssl.create_default_context(cafile=bundle)
    plain = socket.create_connection(("127.0.0.1", port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sock = context.wrap_socket(plain, server_hostname=HOST)

    def get_parameter() -> None:
        connection.request("POST", "/", b'{"Name":"/demo/p"}', HEADERS)
        assert connection.getresponse().read().startswith(b'{"Parameter"')

    report("GetParameter, TLS, a connection that stays", get_parameter, 3000)
    real = socket.getaddrinfo
    socket.getaddrinfo = lambda _host, _port, *a, **k: real("127.0.0.1", port, *a, **k)
    client = boto3.client("ssm", "eu-west-1", aws_access_key_id="A", aws_secret_access_key="S", verify=str(bundle))
    report("GetParameter by boto3", lambda: client.get_parameter(Name="/demo/p"), 1000)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        backends = Backends(CLOUD, Path(folder))
        await backends.start()
        print("| what | p50 µs | p99 µs |\n|---|---|---|")
        sock = socket.create_server(("127.0.0.1", 0))
        front = Front(CLOUD, authority, backends)
        await front.listen(Door(DoorKind.INTERNET), sock, tls=True)
        await asyncio.to_thread(ask, sock.getsockname()[1], authority.bundle)
        await backends.close()
    responder = Responder(lambda _client: lambda name, _type: DnsAnswer(name, (IPv4Address("10.0.0.1"),)))
    query = DNSRecord.question(HOST).pack()
    report("a name, without the socket", lambda: responder.respond(query, "127.0.0.1", udp=True), 20000)


if __name__ == "__main__":
    uvloop.run(main())
