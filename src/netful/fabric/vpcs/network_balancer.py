"""A node of a network load balancer: forwards packets to targets, and their answers back (vpc-network §2.6, §9.2).

It works below connections, as AWS's does: a client's first packet reaches a target. So a target that refuses, or that
a group blocks, looks to the client as it does without a load balancer. A target sees the client's address if the
target group preserves it; the VPC's router then leads the target's answers back through the node (`ruleset.way_back`).
Packets from PrivateLink, on separate links, do not show the client's address. Packets from a VPC link of API Gateway
start here, with the node's own address. A program in this namespace serves listeners that terminate connections; it
listens on the PrivateLink links too (`private_link`). Namespace thread only.
"""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import EVERYWHERE, Node
from netful.model.balancing.load_balancers import (
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
    crosses_zones,
    ends_connections,
)
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.network.network_interface import NetworkInterface
from netful.model.promised import promised

_TABLE = "ip balancer"
_PROTOCOLS = {"TCP": ("tcp",), "UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}
_OWN_PACKETS = 1  # the mark and the table of packets back to a program that uses a client's address
_RULE = 100
SERVICE_LINKS = IPv4Network("169.254.64.0/18")
"""The addresses on links of PrivateLink, `plN`: two for each (`private_link`)."""

# A target's answers to a VPC link's packets return as if from this node, to this node.
_SYSCTLS: dict[str, int | str] = {"ipv4/conf/all/accept_local": 1}

_RULESET = """
table {table} {{}}
delete table {table}
table {table} {{
  set hiding {{ type ipv4_addr . inet_proto . inet_service; {hiding} }}
  chain own_packets {{
    type filter hook prerouting priority mangle; policy accept;
    socket transparent 1 meta mark set {mark}
  }}
  chain pass_on {{
    type nat hook prerouting priority dstnat; policy accept;
    {passing}
  }}
  chain hand_over {{
    type nat hook output priority -100; policy accept;
    {handing}
  }}
  chain without_target {{
    type filter hook input priority 0; policy accept;
    {waiting}
    iifname "pl*" ip daddr {links} drop
  }}
  chain hide_clients {{
    type nat hook postrouting priority srcnat; policy accept;
    oifname "eth0" ip saddr {links} snat to {address}
    ct status dnat ip daddr . meta l4proto . th dport @hiding snat to {address}
  }}
}}
"""


class _Member(Frozen):
    """A target as packets reach it."""

    group: TargetGroup
    address: IPv4Address
    port: int
    zone: str


class NetworkBalancerNode:
    """A node behind its interface in a subnet (`eth0`). It does not forward IPv6: HAProxy terminates that."""

    def __init__(self, netns: Netns, address: IPv4Address, *, ipv6: bool = False) -> None:
        self.node = Node(netns, router=True, ipv6=ipv6)
        netns.sysctl(_SYSCTLS)
        self._address = address
        self._unhealthy: frozenset[str] = frozenset()
        self._loaded = ""
        self.node.rtnetlink.rule(_RULE, mark=_OWN_PACKETS, table=_OWN_PACKETS)
        self.node.rtnetlink.local(EVERYWHERE, _OWN_PACKETS)
        self.node.rtnetlink.flush()

    def load(self, cloud: Cloud, interface: NetworkInterface) -> None:
        """Forward packets as this cloud defines; existing connections are not affected."""
        self._cloud, self._interface = cloud, interface
        text = self._ruleset()
        if text != self._loaded:
            nft.load(self.node.netns, text)
            self._loaded = text

    def set_unhealthy(self, targets: frozenset[str]) -> None:
        """Stop using these targets (`GROUP/ADDRESS:PORT`), unless a group has no others."""
        self._unhealthy = targets
        self.load(self._cloud, self._interface)

    def _ruleset(self) -> str:
        balancer = self._cloud.balancing.load_balancers[self._interface.owner_id]
        passing, handing, waiting, hiding = [], [], [], set()
        for listener in self._cloud.balancing.listeners_of(balancer.id):
            if not isinstance(listener.port, int):
                continue
            if ends_connections(self._cloud.balancing.target_groups, listener):
                waiting.append(f'iifname "pl*" tcp dport {listener.port} accept')
                continue
            members = [*self._members(balancer, listener)]
            for protocol in _PROTOCOLS.get(listener.protocol, ()):
                match = f"ip daddr {self._address} {protocol} dport {listener.port}"
                waiting.append(f"{match} drop")
                if members:
                    target = f"dnat ip to {_drawn(members)}"
                    passing.append(f'iifname "eth0" {match} {target}')
                    passing.append(f'iifname "pl*" {protocol} dport {listener.port} {target}')
                    handing.append(f"{match} {target}")
                hiding |= {f"{m.address} . {protocol} . {m.port}" for m in members if not m.group.shows_clients}
        return _RULESET.format(
            table=_TABLE,
            mark=_OWN_PACKETS,
            address=self._address,
            links=SERVICE_LINKS,
            hiding=f"elements = {{ {', '.join(sorted(hiding))} }};" if hiding else "",
            passing="\n    ".join(passing),
            handing="\n    ".join(handing),
            waiting="\n    ".join(waiting),
        )

    def _members(self, balancer: LoadBalancer, listener: Listener) -> Iterator[_Member]:
        """Yield the targets in use: the healthy ones of each group, or all if none is healthy."""
        groups = self._cloud.balancing.target_groups
        for group in (groups[id_] for id_ in listener.default_group_ids if id_ in groups):
            every = [member for target in group.targets_in_use for member in self._of_target(group, target)]
            for registration in group.registered_by:
                port = group.port if registration.port is None else registration.port
                every += self._of_owner(group, registration.id, port)
            zones = self._zones(balancer, group)
            near = [m for m in every if not zones or m.zone in {"", *zones}]
            healthy = [m for m in near if f"{group.id}/{m.address}:{m.port}" not in self._unhealthy]
            yield from healthy or near

    def _zones(self, balancer: LoadBalancer, group: TargetGroup) -> frozenset[str]:
        """Return the zones whose targets this node uses; empty means all."""
        if not crosses_zones(balancer, group):
            zones = self._cloud.network.zones_of((self._interface.subnet_id,))
        else:
            zones = self._cloud.network.zones_of(balancer.subnet_ids if group.target_type != "alb" else ())
        return frozenset() if "" in zones else zones

    def _of_target(self, group: TargetGroup, target: Target) -> Iterator[_Member]:
        port = group.port if target.port is None else target.port
        if group.target_type != "ip":
            if isinstance(target.id, str):
                yield from self._of_owner(group, target.id, port)
            return
        for address in _addresses(self._cloud, target):
            found = self._cloud.network.interface_at(group.vpc_id, address) if isinstance(group.vpc_id, str) else None
            if isinstance(port, int):
                yield _Member(group, address, port, self._cloud.network.zone_of_interface(found) if found else "")

    def _of_owner(self, group: TargetGroup, owner_id: str, port: object) -> Iterator[_Member]:
        for eni in self._cloud.network.interfaces_of(owner_id):
            if eni.private_ip_address is not None and isinstance(port, int):
                yield _Member(group, eni.private_ip_address, port, self._cloud.network.zone_of_interface(eni))

    def close(self) -> None:
        """Close the namespace."""
        self.node.close()


def _addresses(cloud: Cloud, target: Target) -> tuple[IPv4Address, ...]:
    if isinstance(target.id, Unknown):
        return promised(cloud, target.id)
    try:
        return (IPv4Address(target.id),)
    except AddressValueError:
        return ()


def _drawn(members: list[_Member]) -> str:
    """Return the expression that draws a target at random for each connection."""
    chosen = ", ".join(f"{n} : {m.address} . {m.port}" for n, m in enumerate(members))
    return f"numgen random mod {len(members)} map {{ {chosen} }}"
