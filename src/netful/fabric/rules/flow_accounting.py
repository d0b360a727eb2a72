"""The counting of flows in a VPC's router, as nft text: loaded while a flow log or a watcher wants it, and removed after it.

Theory: the kernel counts, in sets whose elements are flows. A packet that passes the filters of both interfaces is counted once,
behind all of them, for both; a packet that is dropped is counted in the chain that drops it, for the interfaces that decided
until then. So every count is the decision of the kernel's own rules, and making an element, which is most of the cost, happens
once for a flow. Nothing is loaded while nothing is counted, so nothing costs anything.

An element is the two links, the addresses, and for TCP and UDP the ports as one number. Each kind of packets has a set: nft
1.1.3 ends itself when it lists a set whose elements have more than five parts, so the protocol and the flags are no part of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from socket import IPPROTO_TCP, IPPROTO_UDP

from netful.fabric.rules.words import TABLE
from netful.model.core.frozen import Frozen
from netful.model.network.flow_logs import Action, RejectReason

TIMEOUT_SECONDS = 30
"""Time without packets after which the kernel forgets a flow's count."""
SIZE = 65535
"""The most elements of a set: flows beyond it are not counted."""

FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
"""Flags of TCP as AWS reports them; an ACK alone is not reported."""

_FAMILIES = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}
# The last part of an element, as its type and as what a packet has. A mark stands for both ports.
_PORTS = "mark", "meta mark"
_PROTOCOL = "inet_proto", "meta l4proto"
_PASSED_PRIORITY = 15


class Place(Frozen):
    """A place where packets are counted: its chain, and what the interfaces that send and receive them decided.

    None is an interface that did not decide.
    """

    chain: str
    sender: Action | None = None
    receiver: Action | None = None
    reason: RejectReason | None = None

    @property
    def decided(self) -> tuple[Action | None, Action | None]:
        """The decisions of the sending and of the receiving interface."""
        return self.sender, self.receiver

    @property
    def drops(self) -> bool:
        """Return whether the chain drops what is counted there."""
        return self.chain != _PASSED


_PASSED = "flow_passed"
PLACES = (
    Place(_PASSED, Action.ACCEPT, Action.ACCEPT),
    Place("not_carried", Action.ACCEPT),
    Place("rejected_out", Action.REJECT),
    Place("rejected_in", Action.ACCEPT, Action.REJECT),
    Place("blocked_out", Action.REJECT, reason=RejectReason.BLOCK_PUBLIC_ACCESS),
    Place("blocked_in", receiver=Action.REJECT, reason=RejectReason.BLOCK_PUBLIC_ACCESS),
    Place("unencrypted_out", Action.REJECT, reason=RejectReason.ENCRYPTION_CONTROL),
    Place("unencrypted_in", receiver=Action.REJECT, reason=RejectReason.ENCRYPTION_CONTROL),
)


class Packets(Frozen):
    """A kind of packets: what matches it, after all kinds before it. `protocol` is 0 for those without ports."""

    name: str
    match: str
    protocol: int
    tcp_flags: int = 0


KINDS = (
    Packets("tcp", "tcp flags & (fin | syn | rst) == 0", IPPROTO_TCP),
    Packets("syn", "tcp flags & (fin | syn | rst | ack) == syn", IPPROTO_TCP, SYN),
    Packets("syn_ack", "tcp flags & (fin | syn | rst | ack) == syn | ack", IPPROTO_TCP, SYN_ACK),
    Packets("udp", "meta l4proto udp", IPPROTO_UDP),
    Packets("rst", "tcp flags & rst == rst", IPPROTO_TCP, RST),
    Packets("fin", "tcp flags & fin == fin", IPPROTO_TCP, FIN),
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


SETS = tuple(FlowSet(place, version, packets) for place in PLACES for version in _FAMILIES for packets in KINDS)


def start() -> Iterator[str]:
    """Yield the lines that begin to count."""
    for one in SETS:
        address, rest = _FAMILIES[one.version][1], _rest(one)[0]
        yield (
            f"add set {TABLE} {one.name} {{ type iface_index . iface_index . {address} . {address} . {rest};"
            f" flags dynamic,timeout; timeout {TIMEOUT_SECONDS}s; size {SIZE}; }}"
        )
    yield f"add chain {TABLE} {_PASSED} {{ type filter hook forward priority {_PASSED_PRIORITY}; policy accept; }}"
    for place in PLACES:
        yield from _counting(place)


def _rest(one: FlowSet) -> tuple[str, str]:
    return _PORTS if one.packets.protocol else _PROTOCOL


def _counting(place: Place) -> Iterator[str]:
    """Yield the rules of a place. Links of gateways and peers are in no device group, and have no interface."""
    rule, verdict = f"add rule {TABLE} {place.chain}", "drop" if place.drops else "accept"
    yield f"flush chain {TABLE} {place.chain}"
    if not place.drops:
        yield f"{rule} iifgroup 0 oifgroup 0 accept"
    for one in SETS:
        if one.place is place:
            family, rest = _FAMILIES[one.version][0], _rest(one)[1]
            ports = f"meta nfproto ipv{one.version} meta mark set @th,0,32" if one.packets.protocol else ""
            key = f"iif . oif . {family} saddr . {family} daddr . {rest}"
            yield f"{rule} {one.packets.match} {ports} update @{one.name} {{ {key} counter }} {verdict}"
    if place.drops:
        yield f"{rule} drop"


def stop() -> Iterator[str]:
    """Yield the lines that end the counting: the table is then as before."""
    for place in PLACES:
        yield f"flush chain {TABLE} {place.chain}"
        yield f"add rule {TABLE} {place.chain} drop" if place.drops else f"delete chain {TABLE} {place.chain}"
    for one in SETS:
        yield f"delete set {TABLE} {one.name}"
