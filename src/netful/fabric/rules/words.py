"""Words of nft: comments, matches, elements and chains.

One AWS rule is one nft rule for each family that it covers. Its comment names it, so a packet's trace names the rule
that decided.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.vpc import IPNetwork

TABLE = "inet vpc"
SUFFIXES = {4: "", 6: "6"}
"""Suffixes of the names of address sets, by family."""

_PORTS_OF = {TCP: "tcp", UDP: "udp"}
_TYPES_OF = {ICMP: "icmp", ICMPV6: "icmpv6"}
_L4_NAMES = {ICMP: "icmp", ICMPV6: "ipv6-icmp"}
_FAMILIES = {4: "ip", 6: "ip6"}
_ANY = -1
_NOT_IN_COMMENTS = re.compile(r"[^ -~]")
_LAST_PORT = 65535
_COMMENT_LIMIT = 100


def comment(text: str) -> str:
    """Return a comment that nft accepts: printable, no quotes, at most 128 bytes."""
    plain = _NOT_IN_COMMENTS.sub("?", text.replace('"', "'").replace("\n", " "))
    return f'comment "{plain[:_COMMENT_LIMIT]}"'


def protocol(number: int, first: int, last: int) -> str:
    """Return the match for a protocol and its ports, or its ICMP type and code; empty for all traffic."""
    if number == ALL_PROTOCOLS:
        return ""
    if number in _TYPES_OF:
        name = _TYPES_OF[number]
        kind = f"{name} type {first}" if first != _ANY else f"meta l4proto {_L4_NAMES[number]}"
        return f"{kind} {name} code {last}" if _ANY not in {first, last} else kind
    if number not in _PORTS_OF:
        return f"meta l4proto {number}"
    if (first, last) in {(_ANY, _ANY), (0, _LAST_PORT)}:
        return f"meta l4proto {_PORTS_OF[number]}"
    ports = str(first) if first == last else f"{first}-{last}"
    return f"{_PORTS_OF[number]} dport {ports}"


def peers(blocks: Sequence[IPNetwork], side: str) -> Iterator[str]:
    """Yield the matches for blocks, one for each family that they are of."""
    for version, family in _FAMILIES.items():
        own = [block for block in blocks if block.version == version]
        if any(block.prefixlen == 0 for block in own):
            yield f"meta nfproto ipv{version}"
        elif own:
            yield f"{family} {side} {{ {', '.join(map(str, own))} }}" if len(own) > 1 else f"{family} {side} {own[0]}"


def elements(name: str, items: Iterable[str]) -> Iterator[str]:
    """Yield the line that adds elements to a set or map."""
    joined = ", ".join(items)
    if joined:
        yield f"add element {TABLE} {name} {{ {joined} }}"


def chain(name: str, rules: Sequence[str], hook: str = "") -> Iterator[str]:
    """Yield the lines that add a chain with its rules; one with a hook is a base chain."""
    yield f"add chain {TABLE} {name} {hook and f'{{ type filter hook {hook}; policy accept; }}'}"
    for rule in rules:
        yield f"add rule {TABLE} {name} {rule}"
