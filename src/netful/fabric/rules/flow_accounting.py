"""The counting of flows in a VPC's router, as nft text: loaded while a flow log or a watcher wants it, and removed after it.

Theory: the kernel counts, in sets whose elements are flows. What passes the filters of the sending interface is counted once,
between its filters and those of the receiving one; what passes those of the receiving interface is counted behind them. A
refused packet is counted in the chain that drops it. So every count is the decision of the kernel's own rules. Nothing is
loaded while nothing is counted, so nothing costs anything.

An element is the name of the interface's link, the addresses, the protocol, and, for TCP and UDP, the ports and the flags.
"""

from __future__ import annotations

from collections.abc import Iterator

from netful.fabric.rules.words import TABLE
from netful.model.core.frozen import Frozen

TIMEOUT_SECONDS = 30
"""Time without packets after which the kernel forgets a flow's count."""
SIZE = 65535
"""The most elements of a set: flows beyond it are not counted."""

FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
"""Flags of TCP as AWS reports them; an ACK alone is not reported."""

_FAMILIES = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}
_REPORTED = {"syn": SYN, "syn | ack": SYN_ACK, "fin": FIN, "fin | ack": FIN, "rst": RST, "rst | ack": RST}
_BESIDES = ("", " | psh", " | ecn", " | cwr", " | ecn | cwr", " | psh | ecn", " | psh | cwr")
_FLAG_MAP = ", ".join(f"{one}{more} : {value}" for one, value in _REPORTED.items() for more in _BESIDES)
_FLAGS = f"meta mark set tcp flags map {{ {_FLAG_MAP} }}"
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


class FlowSet(Frozen):
    """A set of counted flows: of one place and family, with ports or without."""

    place: Place
    version: int
    ports: bool

    @property
    def name(self) -> str:
        """The name of the set."""
        return f"{self.place.chain}{self.version}{'_ports' if self.ports else ''}"


SETS = tuple(FlowSet(place, version, ports) for place in PLACES for version in _FAMILIES for ports in (True, False))


def start() -> Iterator[str]:
    """Yield the lines that begin to count."""
    for one in SETS:
        ports = " . inet_service . inet_service . mark" if one.ports else ""
        address = _FAMILIES[one.version][1]
        yield (
            f"add set {TABLE} {one.name} {{ type ifname . {address} . {address} . inet_proto{ports};"
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
    yield f"{rule} meta mark set 0"
    yield f"{rule} {_FLAGS}"
    for version, (family, _) in _FAMILIES.items():
        key = f"{link} . {family} saddr . {family} daddr . meta l4proto"
        with_ports, without = (FlowSet(place, version, ports).name for ports in (True, False))
        ports = "th sport . th dport . meta mark"
        yield f"{rule} meta l4proto {{ tcp, udp }} update @{with_ports} {{ {key} . {ports} counter }} {verdict}"
        yield f"{rule} meta l4proto != {{ tcp, udp }} update @{without} {{ {key} counter }} {verdict}"
    if not place.accepts:
        yield f"{rule} drop"


def stop() -> Iterator[str]:
    """Yield the lines that end the counting: the table is then as before."""
    for place in PLACES:
        yield f"flush chain {TABLE} {place.chain}"
        yield f"delete chain {TABLE} {place.chain}" if place.accepts else f"add rule {TABLE} {place.chain} drop"
    for one in SETS:
        yield f"delete set {TABLE} {one.name}"
