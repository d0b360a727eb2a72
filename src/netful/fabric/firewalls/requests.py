"""Requests over TCP connections, read packet by packet: the host that a TLS ClientHello or an HTTP request names.

A connection is undecided until its request is complete; its packets pass meanwhile. Then a rule passes, drops or rejects it, or
the policy's default action drops it. Connections that no rule stops are not read further.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from netful.fabric.firewalls.client_hello import server_name
from netful.fabric.firewalls.rules import PASSED, READER, REJECTED, reads_requests, stateful_rules
from netful.fabric.kernel.looped_link import LoopedLink
from netful.fabric.kernel.node import Node
from netful.model.core import Frozen, Unknown
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    Firewall,
    FlowOption,
    Header,
    PortRanges,
    RuleAction,
    StatefulRule,
)
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPAddress

_MOST_CONNECTIONS, _MOST_BYTES = 65_536, 65_536
_AFAR = 1 << 22  # bytes after which a sequence number is that of another connection
_METHOD = re.compile(rb"[A-Z]{3,12} [^\r\n]{0,8192}")
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\r\n:]*)", re.IGNORECASE)
_HANDSHAKE = 22
_DATA = 12  # the byte with the length of the TCP header


class Segment(Frozen):
    """A TCP packet: its two ends, its sequence number and its data."""

    source: tuple[IPAddress, int]
    destination: tuple[IPAddress, int]
    sequence: int
    data: bytes

    @classmethod
    def of(cls, packet: bytes) -> Segment | None:
        """Return the segment in an IP packet; None if it is not a whole one of TCP."""
        six = packet[0] >> 4 == 6
        at = 40 if six else (packet[0] & 15) * 4
        if len(packet) < at + 20 or packet[6 if six else 9] != TCP:
            return None
        addresses = (packet[8:24], packet[24:40]) if six else (packet[12:16], packet[16:20])
        end = at + int.from_bytes(packet[4:6], "big") if six else int.from_bytes(packet[2:4], "big")
        ports = (int.from_bytes(packet[at : at + 2], "big"), int.from_bytes(packet[at + 2 : at + 4], "big"))
        source, destination = ((ip_address(raw), port) for raw, port in zip(addresses, ports, strict=True))
        sequence = int.from_bytes(packet[at + 4 : at + 8], "big")
        return cls(source, destination, sequence, packet[at + (packet[at + _DATA] >> 4) * 4 : end])


@dataclass(slots=True)
class _Connection:
    """A connection whose request is being read, from its first sequence number on."""

    first: int
    data: bytearray
    stopped: RuleAction | None = None


class Requests(LoopedLink):
    """The reader of requests in the namespace of a firewall's endpoint. Made and closed on the namespace thread."""

    def __init__(self, node: Node, firewall: Firewall) -> None:
        super().__init__(node, READER)
        self.marks(PASSED, REJECTED)
        self._connections: OrderedDict[tuple[object, object], _Connection] = OrderedDict()
        self.follow(firewall)
        self.start()

    def follow(self, firewall: Firewall) -> None:
        """Judge by these rules from now on."""
        rules = [rule for rule in stateful_rules(firewall) if reads_requests(firewall)]
        self._rules = tuple(r for r in rules if not r.flow & {FlowOption.NOT_ESTABLISHED, FlowOption.TO_CLIENT})
        self._drops = firewall.drops_established

    def handle(self, packet: bytes) -> None:
        """Judge a packet of a client: it comes back to the namespace if it is not dropped."""
        segment = Segment.of(packet)
        if segment is None:
            return
        connection = self._connection(segment)
        action = connection.stopped or self._read(connection, segment)
        if action is RuleAction.PASS:
            self._connections.pop((segment.source, segment.destination), None)
            self.send(packet, PASSED)
        elif action is RuleAction.REJECT:
            self.send(packet, REJECTED)
        elif action is not RuleAction.DROP:
            self.send(packet)

    def _connection(self, segment: Segment) -> _Connection:
        key = (segment.source, segment.destination)
        known = self._connections.get(key)
        if known is None or (segment.sequence - known.first) % (1 << 32) > _AFAR:
            known = self._connections[key] = _Connection(segment.sequence, bytearray())
            if len(self._connections) > _MOST_CONNECTIONS:
                self._connections.popitem(last=False)
        return known

    def _read(self, connection: _Connection, segment: Segment) -> RuleAction | None:
        """Return the action on a packet; None if it passes and the connection stays undecided."""
        at = (segment.sequence - connection.first) % (1 << 32)
        if not segment.data or at > len(connection.data):
            return None  # a gap: the missing part is sent again
        connection.data[at:] = segment.data
        application, name = request_in(bytes(connection.data))
        if name is None and len(connection.data) < _MOST_BYTES:
            return None
        action = first_match(self._rules, segment, application, name or "")
        if action is None:
            action = RuleAction.DROP if self._drops else RuleAction.PASS
        if action in (RuleAction.DROP, RuleAction.REJECT):
            connection.stopped = action
        return action


def request_in(data: bytes) -> tuple[Application | None, str | None]:
    """Return the protocol of a client's first bytes and the host that they name; None while they are not complete."""
    if data[:1] == bytes([_HANDSHAKE]):
        return Application.TLS, server_name(data)
    if _METHOD.match(data):
        found = _HOST.search(data)
        complete = b"\r\n\r\n" in data or b"\n\n" in data
        return Application.HTTP, found[1].decode("ascii", "replace") if found else "" if complete else None
    return None, ""


def first_match(
    rules: Sequence[StatefulRule], segment: Segment, application: Application | None, name: str
) -> RuleAction | None:
    """Return the action of the first rule that matches a request; None if none does."""
    for rule in rules:
        if rule.application not in (None, application) or not all(one.matches(name) for one in rule.names):
            continue
        if _has(rule.header, segment) or (rule.both_ways and _has(rule.header.turned, segment)):
            return rule.action
    return None


def _has(header: Header, segment: Segment) -> bool:
    return (
        (not header.protocols or TCP in header.protocols)
        and _end(header.sources, header.source_ports, segment.source)
        and _end(header.destinations, header.destination_ports, segment.destination)
    )


def _end(addresses: Addresses, ports: PortRanges, end: tuple[IPAddress, int]) -> bool:
    address, port = end
    inside = [[b for b in blocks if not isinstance(b, Unknown) and address in b] for blocks in
              (addresses.blocks, addresses.excluded)]  # fmt: skip
    within = [[one for one in ranges if one[0] <= port <= one[1]] for ranges in (ports.ranges, ports.excluded)]
    return (
        (not addresses.blocks or bool(inside[0]))
        and not inside[1]
        and (not ports.ranges or bool(within[0]))
        and not within[1]
    )
