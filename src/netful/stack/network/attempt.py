"""A real attempt from a network position: ask the resolver, connect, and for a URL speak TLS and HTTP.

Its outcome is what an unmodified client at that position meets: a timeout, a refusal, an unknown name, or a status.
"""

import asyncio
import errno
import os
import socket
import ssl
import time
from ipaddress import ip_address
from typing import Literal

from dnslib import QTYPE, RCODE, DNSRecord

from netful.engine.flows.path import SymptomKind
from netful.fabric.position import Position
from netful.model.core import Frozen
from netful.model.network.vpc import IPAddress
from netful.stack.network.networks import Networks
from netful.stack.probe_outcome import Attempt

Scheme = Literal["tcp", "http", "https"]

_SYMPTOMS: dict[int, SymptomKind] = {
    errno.ECONNREFUSED: "refused", errno.ECONNRESET: "refused", errno.ENETUNREACH: "unreachable",
}  # fmt: skip
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_QUERIES = {4: ("A", "AAAA"), 6: ("AAAA", "A")}
"""Types of queries, by the family of the position's address: its own family first."""
_ADDRESS_TYPES = (QTYPE.A, QTYPE.AAAA)
DNS_SECONDS = 1.0
DNS_TRIES = 2
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 15.0  # an ALB tries to reach a target for 10


class Target(Frozen):
    """Target of an attempt: a name or an address, a port, and the protocol to speak.

    `headers` are sent unchanged. If they contain no `host`, the name is sent as `host`.
    """

    host: str
    port: int
    scheme: Scheme = "tcp"
    path: str = "/"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()

    def head(self) -> bytes:
        """Return the head of the request."""
        sent = {"host": self.host, "user-agent": "netful-probe", "connection": "close"} | dict(self.headers)
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


class Failed(Exception):  # noqa: N818  # it is an outcome, not an error
    """Early end of an attempt."""

    def __init__(self, symptom: SymptomKind, detail: str) -> None:
        super().__init__(detail)
        self.symptom = symptom
        self.detail = detail


async def attempt(
    networks: Networks, position: Position, target: Target, trust: ssl.SSLContext, patience: int = 1
) -> Attempt:
    """Try once, and wait `patience` times as long as usual for the resolver and for the far end to accept and to answer.

    Network failures become the outcome; this raises for none of them.
    """
    begun = time.perf_counter()

    def outcome(symptom: SymptomKind, detail: str, status: int | None = None) -> Attempt:
        reached = symptom in {"none", "refused", "tls", "http"}
        milliseconds = (time.perf_counter() - begun) * 1000
        verdict: Literal["reachable", "blocked"] = "reachable" if reached else "blocked"
        return Attempt(position.name, verdict, symptom, detail, milliseconds, status)

    try:
        address = await find_address(networks, position, target.host, patience)
        connection = await connect(networks, position, address, target.port, patience)
        if target.scheme == "tcp":
            source = connection.getsockname()[0]
            connection.close()
            return outcome("none", f"{source} → {address}:{target.port} connected")
        status = await status_of_answer(connection, target, trust if target.scheme == "https" else None, patience)
    except Failed as end:
        return outcome(end.symptom, end.detail)
    return outcome("none", f"{address}:{target.port} answered {status}", status)


async def find_address(networks: Networks, position: Position, host: str, patience: int = 1) -> IPAddress:
    """Return the address of a name by the position's resolver. Raises Failed if a client at the position would fail."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    for kind in _QUERIES[position.address.version]:
        found = _first_address(await _ask(networks, position, host, kind, patience), host)
        if found is not None:
            return found
    raise Failed("dns", f"{host} has no address")


async def _ask(networks: Networks, position: Position, host: str, kind: str, patience: int) -> DNSRecord:
    query = DNSRecord.question(host, kind)
    sock = await networks.socket(position, socket.SOCK_DGRAM, _FAMILIES[position.resolver.version])
    loop = asyncio.get_running_loop()
    try:
        sock.connect((str(position.resolver), 53))
        for _ in range(DNS_TRIES):
            try:
                await loop.sock_sendall(sock, query.pack())
                data = await asyncio.wait_for(loop.sock_recv(sock, 4096), DNS_SECONDS * patience)
            except (TimeoutError, ConnectionRefusedError):
                continue
            return DNSRecord.parse(data)
    finally:
        sock.close()
    raise Failed("dns", f"{position.resolver} does not answer")


def _first_address(answer: DNSRecord, host: str) -> IPAddress | None:
    if answer.header.rcode != RCODE.NOERROR:
        raise Failed("dns", f"{host}: {RCODE[answer.header.rcode]}")
    found = (ip_address(str(record.rdata)) for record in answer.rr if record.rtype in _ADDRESS_TYPES)
    return next(found, None)


async def connect(
    networks: Networks, position: Position, address: IPAddress, port: int, patience: int = 1
) -> socket.socket:
    """Connect from a position. Raises Failed if a client at the position would fail."""
    sock = await networks.socket(position, socket.SOCK_STREAM, _FAMILIES[address.version])
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(loop.sock_connect(sock, (str(address), port)), CONNECT_SECONDS * patience)
    except TimeoutError:
        sock.close()
        raise Failed("timeout", f"{address}:{port} does not answer") from None
    except OSError as refusal:
        sock.close()
        symptom = _SYMPTOMS.get(refusal.errno or 0, "timeout")
        raise Failed(symptom, f"{address}:{port}: {os.strerror(refusal.errno or 0).lower()}") from None
    except asyncio.CancelledError:
        sock.close()
        raise
    return sock


async def status_of_answer(
    sock: socket.socket, target: Target, tls: ssl.SSLContext | None = None, patience: int = 1
) -> int:
    """Send the request on a connected socket and return the status of its answer. Raises Failed if no answer comes."""
    name = target.host if tls else None
    try:
        seconds = ANSWER_SECONDS * patience if tls else None
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=tls, server_hostname=name, ssl_handshake_timeout=seconds
        )
    except ssl.SSLError as fault:
        raise Failed("tls", fault.reason or str(fault)) from None
    except OSError as fault:  # a firewall on the way may reset or hold up a handshake
        raise Failed(_SYMPTOMS.get(fault.errno or 0, "timeout"), str(fault)) from None
    try:
        writer.write(target.head())
        line = await asyncio.wait_for(reader.readline(), ANSWER_SECONDS * patience)
        return int(line.split()[1])
    except (TimeoutError, OSError, IndexError, ValueError):
        raise Failed("timeout", "connected, but no answer came") from None
    finally:
        writer.close()
