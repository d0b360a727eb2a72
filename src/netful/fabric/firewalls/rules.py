"""The nftables ruleset of a network firewall's endpoint, as text (newer-aws §11.5).

    prerouting raw      stateless rules: pass without a state, drop, or forward to the stateful rules
    prerouting mangle   what a client sends over an established connection goes to the reader of requests
    forward             stateful rules for all other packets; a flow that a rule passes has the mark of its connection

Packets that the reader lets through come back with a mark, which says if the whole flow has passed.
"""

from collections.abc import Iterator

from netful.fabric.rules.words import comment
from netful.model.core import Maybe, Unknown
from netful.model.network.network_firewall import (
    Addresses,
    Firewall,
    FlowOption,
    Header,
    PortRange,
    RuleAction,
    StatefulRule,
    StatelessAction,
)
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPNetwork

READER = "requests"
"""The name of the link to the reader of requests."""
TO_READER, PASSED, REJECTED = 1, 2, 3
"""Marks of packets: on their way to the reader, and from it."""

_TABLE = "inet firewall"
_RULESET = """
table {table} {{}}
delete table {table}
table {table} {{
  chain stateless {{
    type filter hook prerouting priority raw; policy accept;
    iifname != "eth0" accept
    {stateless}
  }}
  chain to_reader {{
    type filter hook prerouting priority mangle; policy accept;
    {reading}
  }}
  chain rejected {{
    meta l4proto tcp reject with tcp reset
    drop
  }}
  chain read {{
    meta mark {passed} ct mark set {passed} accept
    meta mark {rejected} goto rejected
    accept
  }}
  chain stateful {{
    type filter hook forward priority 0; policy accept;
    oifname "{reader}" accept
    iifname "{reader}" goto read
    ct state untracked accept
    meta l4proto tcp ct state invalid {broken}
    ct mark {passed} accept
    {stateful}
  }}
  chain closed {{
    type filter hook input priority 0; policy drop;
  }}
}}
"""
_READING = (
    f'iifname "eth0" meta l4proto tcp ct state established ct direction original ct mark 0 meta mark set {TO_READER}'
)
_DONE = {StatelessAction.PASS: "notrack accept", StatelessAction.FORWARD: "accept"}
_FAMILIES = {4: "ip", 6: "ip6"}
_WITH_PORTS = (TCP, UDP)


def reads_requests(firewall: Firewall) -> bool:
    """Return whether packets after the handshake of a TCP connection may be judged otherwise than those before."""
    return firewall.drops_established or any(rule.of_requests for rule in stateful_rules(firewall))


def stateful_rules(firewall: Firewall) -> tuple[StatefulRule, ...]:
    """Return the stateful rules that are understood."""
    rules = () if isinstance(firewall.stateful_rules, Unknown) else firewall.stateful_rules
    return tuple(rule for rule in rules if not rule.unread)


def ruleset(firewall: Firewall) -> str:
    """Return the ruleset of a firewall, which takes the place of the one that is loaded."""
    return _RULESET.format(
        table=_TABLE,
        reader=READER,
        passed=PASSED,
        rejected=REJECTED,
        stateless="\n    ".join(_stateless(firewall)),
        reading=_READING if reads_requests(firewall) else "",
        broken="drop" if firewall.drops_broken else "accept",
        stateful="\n    ".join(_stateful(firewall)),
    )


def _stateless(firewall: Firewall) -> Iterator[str]:
    rules = () if isinstance(firewall.stateless_rules, Unknown) else firewall.stateless_rules
    for rule in rules if not any(isinstance(rule.action, Unknown) for rule in rules) else ():
        if not rule.unread:
            for match in _matches(rule.header):
                yield f"{match} {_then(rule.action)} {comment(rule.id)}"
    yield _then(firewall.stateless_default)


def _then(action: Maybe[StatelessAction]) -> str:
    return _DONE.get(action, "counter drop") if not isinstance(action, Unknown) else "accept"


def _stateful(firewall: Firewall) -> Iterator[str]:
    for rule in stateful_rules(firewall):
        for part in _parts(rule):
            for match in _both_ways(rule):
                yield f"{part} {match} {_decision(rule)} {comment(rule.id)}"
    if firewall.drops_all:
        yield "meta l4proto tcp ct direction reply tcp flags & syn != 0 accept"
        yield f"counter drop {comment('aws:drop_strict')}"
    elif firewall.drops_established:
        yield "meta l4proto tcp tcp flags & syn != 0 accept"
        yield f"ct direction reply counter drop {comment('drop established')}"


def _parts(rule: StatefulRule) -> Iterator[str]:
    """Yield matches for the parts of flows that a rule covers, as far as they do not go to the reader."""
    if rule.application is not None:
        return
    way = ""
    if FlowOption.TO_SERVER in rule.flow:
        way = "ct direction original"
    elif FlowOption.TO_CLIENT in rule.flow:
        way = "ct direction reply"
    if FlowOption.ESTABLISHED in rule.flow:
        yield f"{way} ct state established meta l4proto != tcp"
        yield f"{way} ct direction reply meta l4proto tcp tcp flags & syn == 0"
    elif FlowOption.NOT_ESTABLISHED in rule.flow:
        yield f"{way} ct state new meta l4proto != tcp"
        yield f"{way} meta l4proto tcp tcp flags & syn != 0"
    else:
        yield way


def _decision(rule: StatefulRule) -> str:
    if rule.action is RuleAction.PASS:
        return "accept" if FlowOption.NOT_ESTABLISHED in rule.flow else f"ct mark set {PASSED} accept"
    return "counter drop" if rule.action is RuleAction.DROP else "counter goto rejected"


def _both_ways(rule: StatefulRule) -> Iterator[str]:
    yield from _matches(rule.header)
    if rule.both_ways:
        yield from _matches(rule.header.turned)


def _matches(header: Header) -> Iterator[str]:
    """Yield the matches for a header, one for each family that it covers."""
    ports = " ".join((*_ports("sport", header.source_ports.ranges, header.source_ports.excluded),
                      *_ports("dport", header.destination_ports.ranges, header.destination_ports.excluded)))  # fmt: skip
    protocols = [number for number in header.protocols if not ports or number in _WITH_PORTS]
    if ports and not header.protocols:
        protocols = [*_WITH_PORTS]
    if (ports or header.protocols) and not protocols:
        return
    named = f"meta l4proto {{ {', '.join(map(str, protocols))} }}" if protocols else ""
    for version, family in _FAMILIES.items():
        sides = [_side(header.sources, "saddr", version, family), _side(header.destinations, "daddr", version, family)]
        if None not in sides:
            yield " ".join(("meta nfproto " + ("ipv4" if version == 4 else "ipv6"), named, *map(str, sides), ports))


def _side(addresses: Addresses, side: str, version: int, family: str) -> str | None:
    """Return the match for the addresses of one side; None if no address of a family matches."""
    blocks, excluded = (_of_family(each, version) for each in (addresses.blocks, addresses.excluded))
    if (addresses.blocks and not blocks) or any(block.prefixlen == 0 for block in excluded):
        return None
    wanted = [] if any(block.prefixlen == 0 for block in blocks) else [f"{family} {side} {_set(blocks)}"] * bool(blocks)
    return " ".join((*wanted, *(f"{family} {side} != {_set(excluded)}" for _ in excluded[:1])))


def _of_family(blocks: tuple[Maybe[IPNetwork], ...], version: int) -> list[IPNetwork]:
    return [block for block in blocks if not isinstance(block, Unknown) and block.version == version]


def _set(blocks: list[IPNetwork]) -> str:
    """Return the text of a set; blocks within others are left out, since intervals must not overlap."""
    outer = [one for one in dict.fromkeys(blocks) if not any(_is_within(one, other) for other in blocks)]
    return f"{{ {', '.join(map(str, outer))} }}"


def _is_within(block: IPNetwork, other: IPNetwork) -> bool:
    return block != other and block.prefixlen > other.prefixlen and block.network_address in other


def _ports(side: str, ranges: tuple[PortRange, ...], excluded: tuple[PortRange, ...]) -> Iterator[str]:
    for operator, wanted in (("", _joined(ranges)), ("!= ", _joined(excluded))):
        if wanted:
            texts = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in wanted)
            yield f"th {side} {operator}{{ {texts} }}"


def _joined(ranges: tuple[PortRange, ...]) -> list[PortRange]:
    """Return ranges without overlaps."""
    found: list[PortRange] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
