"""The nftables ruleset of a VPC's router, as text.

Theory (fabric §2). Each AWS stage is a base chain of its own, since `accept` ends only the base chain it is in:

    prerouting raw     source/destination check; the subnet's route table becomes the routing mark
    prerouting dstnat  internet gateway, inward: public → private address
    forward -10        drop what conntrack calls invalid; the two subnets' ACLs, every packet, both directions
    forward 0          security groups of the sending interface; replies pass
    forward 10         security groups of the receiving interface; replies pass
    forward 20         endpoints and load balancers answer on their ports alone
    postrouting srcnat internet gateway, outward: private → public address, or a silent drop
    input              the resolver, and nothing else

A subnet is a device group; an interface's list of groups is a number that a map gives for its name. Adding an
interface is then one element in each of a few maps, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from netful.fabric.matches import acl_entry, comment, group_rule
from netful.model.filters import NetworkAcl, SecurityGroup
from netful.model.vpc import PrefixList

TABLE = "ip vpc"
IGW_LINK = "igw0"

# What an internet gateway never carries outward (vpc-network §4.1).
_PRIVATE_SPACE = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"

BASE = f"""
table {TABLE} {{
  map route_table {{ type devgroup : mark; }}
  map acl_out {{ type devgroup : verdict; }}
  map acl_in {{ type devgroup : verdict; }}
  set same_subnet {{ type devgroup . devgroup; }}
  map groups_of {{ type ifname : mark; }}
  map groups_out {{ type mark : verdict; }}
  map groups_in {{ type mark : verdict; }}
  set own_address {{ type ifname . ipv4_addr; }}
  set forwards {{ type ifname; }}
  set endpoints {{ type ifname; }}
  set endpoint_ports {{ type ifname . inet_service; }}
  set pingable {{ type ifname; }}
  set borders {{ type ifname; }}
  set passages {{ type ifname; }}
  set own_blocks {{ type ipv4_addr; flags interval; }}
  map public_of {{ type ipv4_addr : ipv4_addr; }}
  map private_of {{ type ipv4_addr : ipv4_addr; }}

  chain check_source {{
    type filter hook prerouting priority raw; policy accept;
    iifgroup 0 accept
    iifname . ip saddr != @own_address iifname != @forwards counter drop {comment("ENI_SOURCE_DEST_CHECK_RESTRICTION")}
    meta mark set iifgroup map @route_table
  }}
  chain gateway_in {{
    type nat hook prerouting priority dstnat; policy accept;
    iifname "{IGW_LINK}" dnat to ip daddr map @private_of
  }}
  chain acl {{
    type filter hook forward priority -10; policy accept;
    ct state invalid counter drop {comment("invalid")}
    oifname "{IGW_LINK}" ip daddr {{ {_PRIVATE_SPACE} }} counter drop {comment("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")}
    iifname @borders ip daddr != @own_blocks counter drop {comment("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")}
    oifname != @passages iifgroup . oifgroup @same_subnet accept
    iifgroup vmap @acl_out
    oifgroup vmap @acl_in
  }}
  chain groups_of_source {{
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
    meta mark set iifname map @groups_of meta mark vmap @groups_out
  }}
  chain groups_of_destination {{
    type filter hook forward priority 10; policy accept;
    ct state established,related accept
    meta mark set oifname map @groups_of meta mark vmap @groups_in
  }}
  chain answered_ports {{
    type filter hook forward priority 20; policy accept;
    oifname != @endpoints accept
    ct state established,related accept
    oifname . tcp dport @endpoint_ports accept
    oifname @pingable icmp type echo-request accept
    counter drop {comment("PROTOCOL_RESTRICTION")}
  }}
  chain gateway_out {{
    type nat hook postrouting priority srcnat; policy accept;
    oifname "{IGW_LINK}" snat to ip saddr map @public_of
    oifname "{IGW_LINK}" counter drop {comment("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")}
  }}
  chain resolver_only {{
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established accept
    meta l4proto {{ tcp, udp }} th dport 53 accept
  }}
}}
"""


def elements(name: str, items: Iterable[str]) -> Iterator[str]:
    """Elements to add to a set or map."""
    joined = ", ".join(items)
    if joined:
        yield f"add element {TABLE} {name} {{ {joined} }}"


def subnet(group: int, mark: int) -> Iterator[str]:
    """A subnet: its packets carry its route table's mark, and no ACL applies inside it."""
    yield from elements("route_table", [f"{group} : {mark}"])
    yield from elements("same_subnet", [f"{group} . {group}"])


def network_acl(number: int, acl: NetworkAcl, device_groups: Sequence[int]) -> Iterator[str]:
    """An ACL's two chains and the subnets that use them; what no entry matches is dropped."""
    for direction, entries, side in (("out", acl.egress, "daddr"), ("in", acl.ingress, "saddr")):
        chain = f"acl{number}_{direction}"
        rules = (acl_entry(entry, side) for entry in sorted(entries, key=lambda e: e.rule_number))
        yield from _chain(chain, [*rules, f"counter drop {comment(f'{acl.id} *')}"])
        yield from elements(f"acl_{direction}", [f"{group} : jump {chain}" for group in device_groups])


def group_list(
    number: int, groups: Sequence[SecurityGroup], group_sets: dict[str, str], prefix_lists: dict[str, PrefixList]
) -> Iterator[str]:
    """The two chains of one list of security groups, found by its number; no match is a silent drop."""
    for direction, side in (("out", "daddr"), ("in", "saddr")):
        chain = f"groups{number}_{direction}"
        rules = [
            group_rule(rule, side, group_sets, prefix_lists)
            for group in groups
            for rule in (group.egress if direction == "out" else group.ingress)
        ]
        names = "+".join(group.id for group in groups)
        yield from _chain(chain, [*rules, f"counter drop {comment(f'{names} {direction}')}"])
        yield from elements(f"groups_{direction}", [f"{number} : jump {chain}"])


def interface(
    link: str, addresses: Sequence[IPv4Address], *, groups: int | None, member_of: Sequence[str], forwards: bool
) -> Iterator[str]:
    """An interface: its own addresses, its list of groups, and the sets of the groups that it is a member of."""
    yield from elements("own_address", [f'"{link}" . {address}' for address in addresses])
    if forwards:
        yield from elements("forwards", [f'"{link}"'])
    if groups is not None:
        yield from elements("groups_of", [f'"{link}" : {groups}'])
    for name in member_of:
        yield from elements(name, [str(address) for address in addresses])


def answers(link: str, ports: Sequence[int], *, ping: bool = False) -> Iterator[str]:
    """A link to something that answers on a few TCP ports (and to ping) and drops all else: endpoints, load balancers."""
    yield from elements("endpoints", [f'"{link}"'])
    yield from elements("pingable", [f'"{link}"'] if ping else [])
    yield from elements("endpoint_ports", [f'"{link}" . {port}' for port in ports])


def blocks(own: Sequence[IPv4Network]) -> Iterator[str]:
    """The VPC's own blocks."""
    yield from elements("own_blocks", [str(block) for block in own])


def border(link: str) -> Iterator[str]:
    """A link to a peered VPC or on-premises: what comes through it must be for this VPC (vpc-network §7.1, §7.3)."""
    yield from elements("borders", [f'"{link}"'])


def passage(link: str) -> Iterator[str]:
    """A transit gateway's link: it carries packets of others, and its subnet's ACL rules twice on what goes out by it.

    What goes from an interface to an attachment in the same subnet meets the ACL's rules of both directions, what comes
    back meets none ("Network ACLs for transit gateways" in the Transit Gateway guide).
    """
    yield from elements("forwards", [f'"{link}"'])
    yield from elements("passages", [f'"{link}"'])


def public_address(private: IPv4Address, public: IPv4Address) -> Iterator[str]:
    """The internet gateway's 1:1 translation for one address."""
    yield from elements("public_of", [f"{private} : {public}"])
    yield from elements("private_of", [f"{public} : {private}"])


def address_set(name: str) -> Iterator[str]:
    """The set of the addresses of a security group's members."""
    yield f"add set {TABLE} {name} {{ type ipv4_addr; }}"


def _chain(name: str, rules: Sequence[str | None]) -> Iterator[str]:
    yield f"add chain {TABLE} {name}"
    for rule in rules:
        if rule is not None:
            yield f"add rule {TABLE} {name} {rule}"
