"""The counting of flows in a VPC's router, as nft text: loaded while a flow log or a watcher wants it, and removed after it.

Theory: the kernel counts, in sets whose elements are flows. What passes the filters of the sending interface is counted once,
between its filters and those of the receiving one; what passes those of the receiving interface is counted behind them. A
refused packet is counted in the chain that drops it. So every count is the decision of the kernel's own rules. Nothing is
loaded while nothing is counted, so nothing costs anything.

An element is the name of the interface's link, the addresses, and, for TCP and UDP, the ports. Each kind of packets has a set: nft
1.1.3 ends itself when it lists a set whose elements have more than five parts, so the protocol and the flags are no part of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from socket import IPPROTO_TCP, IPPROTO_UDP

from netful.fabric.rules.words import TABLE
from netful.model.core.frozen import Frozen

TIMEOUT_SECONDS = 30
"""Time without packets after which the kernel forgets a flow's count."""
SIZE = 65535
"""The most elements of a set: flows beyond it are not counted."""

FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
"""Flags of TCP as AWS reports them; an ACK alone is not reported."""

_FAMILIES = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}
# The last parts of an element, as types and as what a packet has.
_PORTS = "inet_service . inet_service", "th sport . th dport"
_PROTOCOL = "inet_proto", "meta l4proto"
_SENT_PRIORITY, _RECEIVED_PRIORITY = -5, 15


class Place(Frozen):
    """A place where packets are counted: its chain, and the interface that decided there."""

    chain: str
    egress: bool
    accepts: bool
    blocked: bool = False


PLACES = (
    Place("flow_sent", egress=True, accepts=True),
    Place("flow_received", egress=False, accepts=True),
    Place("rejected_out", egress=True, accepts=False),
    Place("rejected_in", egress=False, accepts=False),
    Place("blocked_out", egress=True, accepts=False, blocked=True),
    Place("blocked_in", egress=False, accepts=False, blocked=True),
)


class Packets(Frozen):
    """A kind of packets: what matches it, after all kinds before it. `protocol` is 0 for those without ports."""

    name: str
    match: str
    protocol: int
    tcp_flags: int = 0


KINDS = (
    Packets("tcp", "tcp flags & (fin | syn | rst) == 0", IPPROTO_TCP),
    Packets("udp", "meta l4proto udp", IPPROTO_UDP),
    Packets("rst", "tcp flags & rst == rst", IPPROTO_TCP, RST),
    Packets("fin", "tcp flags & fin == fin", IPPROTO_TCP, FIN),
    Packets("syn", "tcp flags & ack == 0", IPPROTO_TCP, SYN),
    Packets("syn_ack", "meta l4proto tcp", IPPROTO_TCP, SYN_ACK),
    Packets("other", "", 0),
)


class FlowSet(Frozen):
    """A set of counted flows: of one place, family, and kind of packets."""

    place: Place
    version: int
    packets: Packets

    @property
    def name(self) -> str:
        """The name of the set."""
        return f"{self.place.chain}{self.version}_{self.packets.name}"


SETS = tuple(FlowSet(place, version, packets) for place in PLACES for packets in KINDS for version in _FAMILIES)


def start() -> Iterator[str]:
    """Yield the lines that begin to count."""
    for one in SETS:
        address, rest = _FAMILIES[one.version][1], _PORTS if one.packets.protocol else _PROTOCOL
        yield (
            f"add set {TABLE} {one.name} {{ type ifname . {address} . {address} . {rest[0]};"
            f" flags dynamic,timeout; timeout {TIMEOUT_SECONDS}s; size {SIZE}; }}"
        )
    for name, priority in (("flow_sent", _SENT_PRIORITY), ("flow_received", _RECEIVED_PRIORITY)):
        yield f"add chain {TABLE} {name} {{ type filter hook forward priority {priority}; policy accept; }}"
    for place in PLACES:
        yield from _counting(place)


def _counting(place: Place) -> Iterator[str]:
    """Yield the rules of a place. Links of gateways and peers are in no device group, and have no interface."""
    chain, link, group = place.chain, *(("iifname", "iifgroup") if place.egress else ("oifname", "oifgroup"))
    rule, verdict = f"add rule {TABLE} {chain}", "accept" if place.accepts else "drop"
    yield f"flush chain {TABLE} {chain}"
    if place.accepts:
        yield f"{rule} {group} 0 accept"
    for one in SETS:
        if one.place is place:
            family, rest = _FAMILIES[one.version][0], _PORTS if one.packets.protocol else _PROTOCOL
            key = f"{link} . {family} saddr . {family} daddr . {rest[1]}"
            yield f"{rule} {one.packets.match} update @{one.name} {{ {key} counter }} {verdict}"
    if not place.accepts:
        yield f"{rule} drop"


def stop() -> Iterator[str]:
    """Yield the lines that end the counting: the table is then as before."""
    for place in PLACES:
        yield f"flush chain {TABLE} {place.chain}"
        yield f"delete chain {TABLE} {place.chain}" if place.accepts else f"add rule {TABLE} {place.chain} drop"
    for one in SETS:
        yield f"delete set {TABLE} {one.name}"
