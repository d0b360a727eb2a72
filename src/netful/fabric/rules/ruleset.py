"""The nftables ruleset of a VPC's router, as text.

Theory (fabric §2). Each AWS stage is a base chain of its own, since `accept` ends only the base chain it is in:

    prerouting -310    internet gateway, inward: public → private address
    prerouting raw     source/destination check; the subnet's route table, or the gateway's, becomes the routing mark
    prerouting mangle  what a network load balancer's target answers goes back through the node, and what answers a peer's
                       NAT gateway goes back over the peering
    forward -40        links that an encryption control refuses
    forward -30        VPC Block Public Access
    forward -20        drop what conntrack calls invalid; security groups of the sending interface; replies pass
    forward -10        the ACL of the sending interface's subnet, every packet
    forward 0          what gateways and peers do not carry; the ACL of the receiving interface's subnet, every packet
    forward 10         security groups of the receiving interface; replies pass
    forward 20         endpoints and load balancers answer on their ports alone
    postrouting srcnat internet gateway, outward: private → public address, or a silent drop
    input              the resolver, so often a second, and nothing else; not even a refusal where the VPC has none

An internet gateway translates each packet by itself, before and after the connection is looked up: a connection has private
addresses here, however often its packets pass, as they do with a firewall on the way.

A reset that refuses a connection ends it in the kernel's table the first time that it passes. With a firewall on the way it comes
back, then as invalid; interfaces that forward others' packets may send such a reset, and every later chain passes it.

IPv4 and IPv6 go through the same chains; a rule is of one family, as in AWS. An egress-only gateway is a link of its own, and
conntrack's direction decides which packets pass: originals out, replies in.

A filter that drops a packet goes to a chain, by the interface that refuses it: the sending one (`…_out`) or the receiving one
(`…_in`), and to `not_carried` where a gateway or a peer does. They only drop, until flow logs count there (`flow_accounting`).

A subnet is a device group; an interface's list of groups is a number that a map gives for its name. Adding an
interface is then one element in each of a few maps, whatever the number of rules.

Every packet pays for every rule that it is compared with. So chains of features that few VPCs have exist only with them
(`features`), rules about gateways come after a test of their device group, which is 0, and what is cheap to test is first in a rule.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from netful.fabric.rules.security_groups import members
from netful.fabric.rules.words import SUFFIXES, TABLE, chain, comment, elements
from netful.model.network.vpc import IPAddress, IPNetwork

IGW_LINK, EGRESS_ONLY_LINK = "igw0", "eigw0"
SILENCE = "icmp type time-exceeded drop; icmpv6 type time-exceeded drop"
"""AWS's routers do not report routing loops: the packets get no answer."""

# Packets that an internet gateway never forwards outward (vpc-network §4.1).
_QUERIES_PER_SECOND = (
    1024  # queries per second of an interface to the resolver, for all functions behind it together (vpc-network §6.1)
)
_LINK_LOCAL = "169.254.0.0/16"
_PRIVATE_SPACE = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"

BASE = f"""
table {TABLE} {{
  map route_table {{ type devgroup : mark; }}
  map acl_out {{ type devgroup : verdict; }}
  map acl_in {{ type devgroup : verdict; }}
  set own_subnet {{ type devgroup . ipv4_addr; flags interval; }}
  set own_subnet6 {{ type devgroup . ipv6_addr; flags interval; }}
  set same_subnet {{ type devgroup . devgroup; }}
  map groups_of {{ type ifname : mark; }}
  map groups_out {{ type mark : verdict; }}
  map groups_in {{ type mark : verdict; }}
  set own_address {{ type ifname . ipv4_addr; }}
  set own_address6 {{ type ifname . ipv6_addr; }}
  set forwards {{ type ifname; }}
  set endpoints {{ type ifname; }}
  set interface_endpoints {{ type ifname; }}
  set endpoint_ports {{ type ifname . inet_proto . inet_service; }}
  set nameless {{ type ifname; }}
  set inspectors {{ type ifname; }}
  map edge_table {{ type ifname : mark; }}
  map way_back {{ type ifname : mark; }}
  map return_to {{ type ifname . ipv4_addr : mark; }}
  set pingable {{ type ifname; }}
  set queries {{ type ifname; flags dynamic; }}
  set borders {{ type ifname; }}
  set passages {{ type ifname; }}
  set unencrypted {{ type ifname; }}
  set off_internet {{ type ifname; }}
  set off_egress_only {{ type ifname; }}
  set inspected_off_internet {{ type ipv4_addr; }}
  set inspected_off_internet6 {{ type ipv6_addr; }}
  set inspected_off_egress_only6 {{ type ipv6_addr; }}
  set own_blocks {{ type ipv4_addr; flags interval; }}
  set own_blocks6 {{ type ipv6_addr; flags interval; }}
  map public_of {{ type ipv4_addr : ipv4_addr; }}
  map private_of {{ type ipv4_addr : ipv4_addr; }}

  chain check_source {{
    type filter hook prerouting priority raw; policy accept;
    iifgroup 0 meta mark set iifname map @edge_table
    iifgroup 0 accept
    iifname . ip saddr != @own_address iifname != @forwards counter drop {comment("ENI_SOURCE_DEST_CHECK_RESTRICTION")}
    iifname . ip6 saddr != @own_address6 iifname != @forwards counter drop {comment("ENI_SOURCE_DEST_CHECK_RESTRICTION")}
    iifgroup . ip daddr @own_subnet accept
    iifgroup . ip6 daddr @own_subnet6 accept
    meta mark set iifgroup map @route_table
  }}
  chain gateway_in {{
    type filter hook prerouting priority raw - 10; policy accept;
    iifname "{IGW_LINK}" ip daddr set ip daddr map @private_of
  }}
  chain rejected_out {{ drop; }}
  chain rejected_in {{ drop; }}
  chain blocked_out {{ drop; }}
  chain blocked_in {{ drop; }}
  chain unencrypted_out {{ drop; }}
  chain unencrypted_in {{ drop; }}
  chain not_carried {{ drop; }}

  chain groups_of_source {{
    type filter hook forward priority -20; policy accept;
    ct state established,related accept
    iifname @forwards tcp flags & rst == rst ct state invalid accept
    ct state invalid counter goto rejected_out {comment("invalid")}
    meta mark set iifname map @groups_of meta mark vmap @groups_out
  }}
  chain acl_of_source {{
    type filter hook forward priority -10; policy accept;
    iifgroup . oifgroup @same_subnet oifname != @passages accept
    iifgroup vmap @acl_out
  }}
  chain acl_of_destination_and_gateways {{
    oifname "{IGW_LINK}" ip daddr {{ {_PRIVATE_SPACE} }} counter goto not_carried {comment("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")}
    oifname {{ "{IGW_LINK}", "{EGRESS_ONLY_LINK}" }} ip6 daddr fc00::/7 counter goto not_carried {comment("NETFUL_PRIVATE_ADDRESS")}
    oifname {{ "{IGW_LINK}", "{EGRESS_ONLY_LINK}" }} ip6 saddr fc00::/7 counter goto not_carried {comment("NETFUL_PRIVATE_ADDRESS")}
    oifname {{ "{IGW_LINK}", "{EGRESS_ONLY_LINK}" }} ip6 saddr != @own_blocks6 counter goto not_carried {comment("GATEWAY_REJECTS_SPOOFED_TRAFFIC")}
    iifname "{EGRESS_ONLY_LINK}" ct direction original counter goto not_carried {comment("egress only")}
    oifname "{EGRESS_ONLY_LINK}" ct direction reply counter goto not_carried {comment("NETFUL_RETURN_PATH_NO_ROUTE")}
    oifname "{EGRESS_ONLY_LINK}" meta nfproto ipv4 counter goto not_carried {comment("NETFUL_EIGW_IPV4")}
    iifname @borders ip daddr != @own_blocks counter goto not_carried {comment("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")}
    iifname @borders ip6 daddr != @own_blocks6 counter goto not_carried {comment("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")}
  }}
  chain acl_of_destination {{
    type filter hook forward priority 0; policy accept;
    ip daddr {_LINK_LOCAL} ct direction original counter goto not_carried {comment("NO_POSSIBLE_DESTINATION")}
    iifgroup 0 jump acl_of_destination_and_gateways
    oifgroup 0 jump acl_of_destination_and_gateways
    iifgroup . oifgroup @same_subnet oifname != @passages accept
    oifgroup vmap @acl_in
  }}
  chain groups_of_destination {{
    type filter hook forward priority 10; policy accept;
    ct state established,related,invalid accept
    meta mark set oifname map @groups_of meta mark vmap @groups_in
  }}
  chain answered_ports {{
    type filter hook forward priority 20; policy accept;
    ct state established,related,invalid accept
    oifname != @endpoints accept
    oifname . meta l4proto . th dport @endpoint_ports accept
    oifname @pingable icmp type echo-request accept
    counter drop {comment("PROTOCOL_RESTRICTION")}
  }}
  chain gateway_out {{
    type filter hook postrouting priority srcnat; policy accept;
    oifname "{IGW_LINK}" ip saddr set ip saddr map @public_of accept
    oifname "{IGW_LINK}" meta nfproto ipv4 counter drop {comment("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")}
  }}
  chain tells_nothing {{
    type filter hook output priority 0; policy accept;
    {SILENCE}
  }}
  chain resolver_only {{
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    update @queries {{ iifname limit rate over {_QUERIES_PER_SECOND}/second burst {_QUERIES_PER_SECOND} packets }} counter drop {comment("queries")}
    ct state established accept
    meta l4proto {{ tcp, udp }} th dport 53 accept
  }}
}}
"""

_ENCRYPTION_CONTROL = (
    f'iifname {{ "{IGW_LINK}", "{EGRESS_ONLY_LINK}" }} ct direction reply accept',
    f"iifname @unencrypted iifgroup 0 counter goto unencrypted_in {comment('NETFUL_ENCRYPTION_ENFORCED')}",
    f"iifname @unencrypted counter goto unencrypted_out {comment('NETFUL_ENCRYPTION_ENFORCED')}",
    f"oifname @unencrypted oifgroup 0 counter goto unencrypted_out {comment('NETFUL_ENCRYPTION_ENFORCED')}",
    f"oifname @unencrypted counter goto unencrypted_in {comment('NETFUL_ENCRYPTION_ENFORCED')}",
)
_BLOCK_PUBLIC_ACCESS = (
    f'oifname "{IGW_LINK}" iifname @off_internet counter goto blocked_out {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'iifname "{IGW_LINK}" oifname @off_internet ct direction original counter goto blocked_in {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'oifname "{EGRESS_ONLY_LINK}" iifname @off_egress_only counter goto blocked_out {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'oifname "{IGW_LINK}" iifname @inspectors ip saddr @inspected_off_internet counter goto blocked_out {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'oifname "{IGW_LINK}" iifname @inspectors ip6 saddr @inspected_off_internet6 counter goto blocked_out {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'oifname "{EGRESS_ONLY_LINK}" iifname @inspectors ip6 saddr @inspected_off_egress_only6 counter goto blocked_out {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'iifname "{IGW_LINK}" oifname @inspectors ip daddr @inspected_off_internet ct direction original counter goto blocked_in {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
    f'iifname "{IGW_LINK}" oifname @inspectors ip6 daddr @inspected_off_internet6 ct direction original counter goto blocked_in {comment("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")}',
)
_WAYS_BACK = (
    "ct direction reply ct mark != 0 meta mark set ct mark",
    "ct direction original iifname . ip saddr != @own_address ct mark set iifname map @way_back",
    "ct direction original ct mark set iifname . ip saddr map @return_to",
)
_NO_RESOLVER = (f"meta l4proto {{ tcp, udp }} th dport 53 counter drop {comment('NETFUL_DNS_NO_RESOLVER')}",)


def features(
    *, encryption_control: bool, block_public_access: bool, ways_back: bool, no_resolver: bool
) -> Iterator[str]:
    """Yield the chains of features that few VPCs have. Each packet would pay for them: connects took a tenth longer."""
    if encryption_control:
        yield from chain("encryption_control", _ENCRYPTION_CONTROL, "forward priority -40")
    if block_public_access:
        yield from chain("block_public_access", _BLOCK_PUBLIC_ACCESS, "forward priority -30")
    if ways_back:
        yield from chain("balancers_return", _WAYS_BACK, "prerouting priority mangle")
    if no_resolver:
        yield from chain("no_resolver", _NO_RESOLVER, "input priority -10")


def subnet(group: int, mark: int, own: Sequence[IPNetwork]) -> Iterator[str]:
    """Yield a subnet: its packets carry its route table's mark, and neither table nor ACL applies inside it (§0.2)."""
    yield from elements("route_table", [f"{group} : {mark}"])
    for version, suffix in SUFFIXES.items():
        inside = [f"{group} . {block}" for block in own if block.version == version]
        yield from elements(f"own_subnet{suffix}", inside)
    yield from elements("same_subnet", [f"{group} . {group}"])


def interface(
    link: str, addresses: Sequence[IPAddress], *, groups: int | None, member_of: Sequence[str], forwards: bool
) -> Iterator[str]:
    """Yield an interface: its own addresses, its list of groups, and the sets of the groups that it is a member of."""
    for version, suffix in SUFFIXES.items():
        own = [address for address in addresses if address.version == version]
        yield from elements(f"own_address{suffix}", [f'"{link}" . {address}' for address in own])
    if forwards:
        yield from elements("forwards", [f'"{link}"'])
    if groups is not None:
        yield from elements("groups_of", [f'"{link}" : {groups}'])
    for name in member_of:
        yield from members(name, addresses)


def answers(link: str, ports: Sequence[tuple[str, int]], *, ping: bool = False) -> Iterator[str]:
    """Yield a link to an endpoint or a load balancer, which answers only on some ports (and to ping)."""
    yield from elements("endpoints", [f'"{link}"'])
    yield from elements("pingable", [f'"{link}"'] if ping else [])
    yield from elements("endpoint_ports", [f'"{link}" . {protocol} . {port}' for protocol, port in ports])


def balancer(link: str, mark: int, member_of: Sequence[str]) -> Iterator[str]:
    """Yield a node of a network load balancer, and the groups that are identified by its link.

    It may send with its clients' addresses; the answers carry the mark, which routes them back through it.
    """
    yield from elements("nameless", [f'"{link}"'])
    yield from elements("way_back", [f'"{link}" : {mark}'])
    for name in member_of:
        yield from elements(f"{name}_links", [f'"{link}"'])


def inspector(link: str) -> Iterator[str]:
    """Yield a link to a firewall's endpoint: it sends the packets of others, which no longer show their groups (§2.2)."""
    yield from elements("nameless", [f'"{link}"'])
    yield from elements("inspectors", [f'"{link}"'])


def edge(link: str, mark: int) -> Iterator[str]:
    """Yield a gateway's link with the number of the route table for the packets that come by it (§1.11)."""
    yield from elements("edge_table", [f'"{link}" : {mark}'])


def blocks(own: Sequence[IPNetwork]) -> Iterator[str]:
    """Yield the VPC's own blocks."""
    for version, suffix in SUFFIXES.items():
        yield from elements(f"own_blocks{suffix}", [str(block) for block in own if block.version == version])


def border(link: str) -> Iterator[str]:
    """Yield a link to a peered VPC or on-premises: packets from it must be for this VPC (vpc-network §7.1, §7.3)."""
    yield from elements("borders", [f'"{link}"'])


def returns_to_senders(link: str, mark: int, senders: Sequence[IPv4Address]) -> Iterator[str]:
    """Yield a link to a peered VPC and its NAT gateways: the answers to them go back there, whatever the tables are (§4.2)."""
    yield from elements("return_to", [f'"{link}" . {sender} : {mark}' for sender in senders])


def passage(link: str) -> Iterator[str]:
    """Yield a transit gateway's link: it carries packets of others, and its subnet's ACL applies twice to outgoing ones.

    What goes from an interface to an attachment in the same subnet meets the ACL's rules of both directions, what comes
    back meets none ("Network ACLs for transit gateways" in the Transit Gateway guide).
    """
    yield from elements("forwards", [f'"{link}"'])
    yield from elements("passages", [f'"{link}"'])


def public_address(private: IPv4Address, public: IPv4Address) -> Iterator[str]:
    """Yield the internet gateway's 1:1 translation for one address."""
    yield from elements("public_of", [f"{private} : {public}"])
    yield from elements("private_of", [f"{public} : {private}"])
