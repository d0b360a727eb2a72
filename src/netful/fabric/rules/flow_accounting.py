"""The counting of flows in a VPC's router, as nft text: loaded while a flow log or a watcher wants it, and removed after it.

Theory: the kernel counts, in sets whose elements are flows. A packet that passes the filters of both interfaces is counted once,
behind all of them, for both; a packet that is dropped is counted in the chain that drops it, for the interfaces that decided
until then. So every count is the decision of the kernel's own rules, and making an element, which is most of the cost, happens
once for a flow. Nothing is loaded while nothing is counted, so nothing costs anything.

A transit gateway's packets are counted in the same way: those that it carries, and those that no route of it carries.

An element is the two links, the addresses, and for TCP and UDP the ports as one number. Each kind of packets has a set: nft
1.1.3 ends itself when it lists a set whose elements have more than five parts, so the protocol and the flags are no part of them.
"""

from collections.abc import Iterator
from socket import IPPROTO_TCP, IPPROTO_UDP

from netful.fabric.rules.words import TABLE
from netful.model.core import Frozen
from netful.model.network.flow_logs import Action, RejectReason

TIMEOUT_SECONDS = 30
"""Time without packets after which the kernel forgets a flow's count."""
SIZE = 65535
"""The most elements of a set: flows beyond it are not counted.

It is the kernel's own for sets that packets fill. With a size that is named, it would make a table for as many elements at once: a
megabyte for each set, all of which every reading walks through.
"""

FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
"""Flags of TCP as AWS reports them; an ACK alone is not reported."""

_FAMILIES = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}
# The last part of an element, as its type and as what a packet has. A mark stands for both ports.
_PORTS = "mark", "meta mark"
_PROTOCOL = "inet_proto", "meta l4proto"
HUB_TABLE = "inet hub"
"""The table of a transit gateway."""


class Place(Frozen):
    """A place where packets are counted: its chain, and what the interfaces that send and receive them decided.

    None is an interface that did not decide. `hook` is that of a chain that is there only to count. `links` are those of an element.
    """

    chain: str
    sender: Action | None = None
    receiver: Action | None = None
    reason: RejectReason | None = None
    hook: str = ""
    links: str = "iif . oif"

    @property
    def decided(self) -> tuple[Action | None, Action | None]:
        """The decisions of the sending and of the receiving interface."""
        return self.sender, self.receiver

    @property
    def drops(self) -> bool:
        """Return whether the chain drops what is counted there."""
        return not self.hook


PLACES = (
    Place("flow_passed", Action.ACCEPT, Action.ACCEPT, hook="forward priority 15"),
    Place("not_carried", Action.ACCEPT),
    Place("rejected_out", Action.REJECT),
    Place("rejected_in", Action.ACCEPT, Action.REJECT),
    Place("blocked_out", Action.REJECT, reason=RejectReason.BLOCK_PUBLIC_ACCESS),
    Place("blocked_in", receiver=Action.REJECT, reason=RejectReason.BLOCK_PUBLIC_ACCESS),
    Place("unencrypted_out", Action.REJECT, reason=RejectReason.ENCRYPTION_CONTROL),
    Place("unencrypted_in", receiver=Action.REJECT, reason=RejectReason.ENCRYPTION_CONTROL),
)


HUB_PLACES = (
    Place("carried", Action.ACCEPT, Action.ACCEPT, hook="forward priority 0"),
    Place("not_routed", Action.REJECT, links="iif . iif"),
)
"""Places of a transit gateway: the attachments by which packets come and leave. A packet without a route leaves by none."""


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


def sets_of(places: tuple[Place, ...]) -> tuple[FlowSet, ...]:
    """Return the sets of some places."""
    return tuple(FlowSet(place, version, packets) for place in places for version in _FAMILIES for packets in KINDS)


def start(table: str = TABLE, places: tuple[Place, ...] = PLACES) -> Iterator[str]:
    """Yield the lines that begin to count."""
    for one in sets_of(places):
        address, rest = _FAMILIES[one.version][1], _rest(one)[0]
        yield (
            f"add set {table} {one.name} {{ type iface_index . iface_index . {address} . {address} . {rest};"
            f" flags dynamic,timeout; timeout {TIMEOUT_SECONDS}s; }}"
        )
    for place in places:
        if place.hook:
            yield f"add chain {table} {place.chain} {{ type filter hook {place.hook}; policy accept; }}"
        yield from _counting(table, place)


def _rest(one: FlowSet) -> tuple[str, str]:
    return _PORTS if one.packets.protocol else _PROTOCOL


def _counting(table: str, place: Place) -> Iterator[str]:
    """Yield the rules of a place."""
    rule, verdict = f"add rule {table} {place.chain}", "drop" if place.drops else "accept"
    yield f"flush chain {table} {place.chain}"
    for one in sets_of((place,)):
        family, rest = _FAMILIES[one.version][0], _rest(one)[1]
        ports = f"meta nfproto ipv{one.version} meta mark set @th,0,32" if one.packets.protocol else ""
        key = f"{place.links} . {family} saddr . {family} daddr . {rest}"
        yield f"{rule} {one.packets.match} {ports} update @{one.name} {{ {key} counter }} {verdict}"
    if place.drops:
        yield f"{rule} drop"


def stop(table: str = TABLE, places: tuple[Place, ...] = PLACES) -> Iterator[str]:
    """Yield the lines that end the counting: the table is then as before."""
    for place in places:
        yield f"flush chain {table} {place.chain}"
        yield f"add rule {table} {place.chain} drop" if place.drops else f"delete chain {table} {place.chain}"
    for one in sets_of(places):
        yield f"delete set {table} {one.name}"
