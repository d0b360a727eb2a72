"""Security group rules and ACL entries in nft's words.

One AWS rule is one nft rule for each family that it covers; its comment names it, so that a packet's trace names the rule that
decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netful.model.core.unknown import Unknown
from netful.model.network.network_acls import NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroupRule
from netful.model.network.vpc import IPNetwork, PrefixList

_PORTS_OF = {TCP: "tcp", UDP: "udp"}
_TYPES_OF = {ICMP: "icmp", ICMPV6: "icmpv6"}
_L4_NAMES = {ICMP: "icmp", ICMPV6: "ipv6-icmp"}
_FAMILIES = {4: "ip", 6: "ip6"}
_ANY = -1
_LAST_PORT = 65535
_COMMENT_LIMIT = 100


def comment(text: str) -> str:
    """A comment that nft accepts: no quotes, at most 128 bytes."""
    plain = text.encode("ascii", "replace").decode().replace('"', "'").replace("\n", " ")
    return f'comment "{plain[:_COMMENT_LIMIT]}"'


def protocol(number: int, first: int, last: int) -> str:
    """The match for a protocol and its ports, or its ICMP type and code; empty for all traffic."""
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


def group_rules(
    rule: SecurityGroupRule, side: str, group_sets: dict[str, str], prefix_lists: dict[str, PrefixList]
) -> Iterator[str]:
    """The accept rules for chains of a security group, none when the rule can match no packet here.

    `side` is `saddr` for ingress and `daddr` for egress; `group_sets` names the sets of each group's addresses.
    """
    match rule.peer_kind, rule.peer:
        case PeerKind.GROUP, str() as group_id:
            name = group_sets.get(group_id)
            peers = [*_members(name, side)] if name else []
        case PeerKind.PREFIX_LIST, str() as list_id:
            listed = prefix_lists.get(list_id)
            peers = [*_peers([b for b in listed.cidr_blocks if not isinstance(b, Unknown)], side)] if listed else []
        case _, Unknown() | str():
            peers = []
        case _, block:
            peers = [*_peers([block], side)]
    for peer in peers:
        yield f"{peer} {protocol(rule.ip_protocol, rule.from_port, rule.to_port)} accept {comment(rule.id)}"


def _members(name: str, side: str) -> Iterator[str]:
    """The matches for a group's members: by their addresses, and nodes of network load balancers by their links.

    What comes from a node may have its clients' addresses.
    """
    if side == "saddr":
        yield f"iifname @{name}_links"
    for suffix, family in (("", "ip"), ("6", "ip6")):
        yield f"{'iifname != @balancers ' if side == 'saddr' else ''}{family} {side} @{name}{suffix}"


def _peers(blocks: Sequence[IPNetwork], side: str) -> Iterator[str]:
    """The matches for blocks, one for each family that they are of."""
    for version, family in _FAMILIES.items():
        own = [block for block in blocks if block.version == version]
        if any(block.prefixlen == 0 for block in own):
            yield f"meta nfproto ipv{version}"
        elif own:
            yield f"{family} {side} {{ {', '.join(map(str, own))} }}" if len(own) > 1 else f"{family} {side} {own[0]}"


def acl_entry(entry: NetworkAclEntry, side: str) -> Iterator[str]:
    """A return (allow) or drop (deny) rule for an ACL's chain; none when its block is not known."""
    verdict = "return" if entry.allow else "counter drop"
    for peer in () if isinstance(entry.cidr_block, Unknown) else _peers([entry.cidr_block], side):
        words = protocol(entry.protocol, entry.from_port, entry.to_port)
        yield f"{peer} {words} {verdict} {comment(entry.id)}"
