"""Security group rules and ACL entries in nft's words.

One AWS rule is one nft rule; its comment names it, so that a packet's trace names the rule that decided.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from netful.model.filters import ALL_PROTOCOLS, ICMP, TCP, UDP, NetworkAclEntry, PeerKind, SecurityGroupRule
from netful.model.vpc import PrefixList

_PORTS_OF = {TCP: "tcp", UDP: "udp"}
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
    if number == ICMP:
        kind = f"icmp type {first}" if first != _ANY else "meta l4proto icmp"
        return f"{kind} icmp code {last}" if _ANY not in {first, last} else kind
    if number not in _PORTS_OF:
        return f"meta l4proto {number}"
    if (first, last) in {(_ANY, _ANY), (0, _LAST_PORT)}:
        return f"meta l4proto {_PORTS_OF[number]}"
    ports = str(first) if first == last else f"{first}-{last}"
    return f"{_PORTS_OF[number]} dport {ports}"


def group_rule(
    rule: SecurityGroupRule, side: str, group_sets: dict[str, str], prefix_lists: dict[str, PrefixList]
) -> str | None:
    """An accept rule for chains of a security group; None when the rule can match no IPv4 packet here.

    `side` is `saddr` for ingress and `daddr` for egress; `group_sets` names the set of each group's addresses.
    """
    match rule.peer_kind, rule.peer:
        case PeerKind.CIDR, IPv4Network() as block:
            peer = "" if block.prefixlen == 0 else f"ip {side} {block}"
        case PeerKind.GROUP, str() as group_id if group_id in group_sets:
            peer = f"ip {side} @{group_sets[group_id]}"
        case PeerKind.PREFIX_LIST, str() as list_id if list_id in prefix_lists:
            blocks = [str(b) for b in prefix_lists[list_id].cidr_blocks if isinstance(b, IPv4Network)]
            if not blocks:
                return None
            peer = f"ip {side} {{ {', '.join(blocks)} }}"
        case _:
            return None
    words = [peer, protocol(rule.ip_protocol, rule.from_port, rule.to_port), "accept", comment(rule.id)]
    return " ".join(word for word in words if word)


def acl_entry(entry: NetworkAclEntry, side: str) -> str | None:
    """A return (allow) or drop (deny) rule for an ACL's chain; None when it can match no IPv4 packet."""
    if not isinstance(entry.cidr_block, IPv4Network):
        return None
    peer = "" if entry.cidr_block.prefixlen == 0 else f"ip {side} {entry.cidr_block}"
    verdict = "return" if entry.allow else "counter drop"
    words = [peer, protocol(entry.protocol, entry.from_port, entry.to_port), verdict, comment(entry.id)]
    return " ".join(word for word in words if word)
