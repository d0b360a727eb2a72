"""A VPC as its router: one namespace with its interfaces' links, route tables, filters and resolver addresses.

Built in two steps, since routes name links: `attach` every interface, then `load` the filters and `route` the tables.
Later interfaces (`attach` with `live=True`) add their elements to the loaded ruleset. Namespace thread only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from netful.fabric import nft, ruleset
from netful.fabric.netns import Netns
from netful.fabric.node import GATEWAY, Node, join_leaf
from netful.fabric.rtnetlink import LOOPBACK
from netful.model.cloud import Cloud
from netful.model.filters import PeerKind
from netful.model.interface import NetworkInterface
from netful.model.unknown import Unknown
from netful.model.vpc import Route, RouteTable, TargetKind, Vpc

LINK_LOCAL_RESOLVER = IPv4Address("169.254.169.253")
_FIRST_TABLE = 1001
_RULES_AFTER_MAIN = 40000
_LAST_RULE = 60000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """An interface's link on the router: the kernel's name and number for it."""

    name: str
    index: int


class VpcRouter:
    """The router of one VPC. `links` are by interface id, `gateways` by the id of what routes may point to."""

    def __init__(self, cloud: Cloud, vpc: Vpc, netns: Netns) -> None:
        self.vpc = vpc
        self.node = Node(netns, router=True)
        self.links: dict[str, Link] = {}
        self.gateway_links: dict[str, int] = {}
        self._cloud = cloud
        self._interfaces: dict[str, NetworkInterface] = {}
        self._groups = {s.id: n for n, s in enumerate(cloud.subnets_of(vpc.id), 1)}
        self._marks = {t.id: _FIRST_TABLE + n for n, t in enumerate(self._tables())}
        self._lists: dict[tuple[str, ...], int] = {}
        self._sets = {group_id: f"g{n}" for n, group_id in enumerate(self._referenced_groups(), 1)}
        self._next_link = 1
        for block in self.blocks():
            self.node.rtnetlink.blackhole(block)
        if self.resolver_address is not None:
            self.node.rtnetlink.address(self.resolver_address, LOOPBACK)
            self.node.rtnetlink.address(LINK_LOCAL_RESOLVER, LOOPBACK)
        self.node.rtnetlink.flush()

    def blocks(self) -> list[IPv4Network]:
        """The VPC's IPv4 blocks, the primary one first."""
        return [block for block in self.vpc.cidr_blocks if isinstance(block, IPv4Network)]

    @property
    def interfaces(self) -> list[NetworkInterface]:
        """The interfaces that are attached."""
        return [*self._interfaces.values()]

    @property
    def resolver_address(self) -> IPv4Address | None:
        """The resolver: base + 2 of the primary block (vpc-network §6.1)."""
        blocks = self.blocks()
        return blocks[0][2] if blocks else None

    def attach(self, eni: NetworkInterface, leaf: Netns, *, live: bool = False) -> None:
        """Link an interface to the router. Its address must be known."""
        address = eni.private_ip_address
        assert address is not None
        name = f"e{self._next_link}"
        self._next_link += 1
        index = join_leaf(self.node, leaf, name, address, group=self._groups[str(eni.subnet_id)])
        self.links[eni.id] = Link(name, index)
        self._interfaces[eni.id] = eni
        if live:
            known_lists = len(self._lists)
            lines = [*self._interface_lines(eni)]
            new_lists = [line for key, n in [*self._lists.items()][known_lists:] for line in self._list_lines(key, n)]
            nft.load(self.node.netns, "\n".join([*new_lists, *lines]))

    def detach(self, eni_id: str) -> None:
        """Forget an interface that was attached live; its link goes with its owner's namespace."""
        eni = self._interfaces.pop(eni_id)
        lines = [line.replace("add element", "delete element", 1) for line in self._interface_lines(eni)]
        nft.load(self.node.netns, "\n".join(lines))
        del self.links[eni_id]

    def load(self) -> None:
        """Load the whole ruleset for what is attached so far, in one transaction."""
        lines: list[str] = [ruleset.BASE]
        for name in self._sets.values():
            lines += ruleset.address_set(name)
        for subnet_id, group in self._groups.items():
            table = self._cloud.route_table_of(subnet_id)
            if table is not None:
                lines += ruleset.subnet(group, self._marks[table.id])
        lines += self._acl_lines()
        members = [line for eni in self._interfaces.values() for line in self._interface_lines(eni)]
        for key, number in self._lists.items():
            lines += self._list_lines(key, number)
        nft.load(self.node.netns, "\n".join([*lines, *members]))

    def route(self, prefixes: Mapping[str, tuple[IPv4Network, ...]]) -> None:
        """Install every route table in use. `prefixes` are the IPv4 blocks of each prefix list."""
        rtnetlink = self.node.rtnetlink
        for table in self._tables():
            mark = self._marks[table.id]
            rtnetlink.rule(_RULES_AFTER_MAIN + mark, mark=mark, table=mark)
            # Later routes replace earlier ones of the same prefix, so the order is AWS's priority (§1.5) upside down.
            for route in sorted(table.routes, key=_priority):
                for destination in _destinations(route, prefixes):
                    self._install(route, destination, mark)
        rtnetlink.last_rule_drops(_LAST_RULE)
        rtnetlink.flush()

    def _install(self, route: Route, destination: IPv4Network, mark: int) -> None:
        link, via = self._next_hop(route)
        if link is None:
            self.node.rtnetlink.blackhole(destination, mark)
        else:
            self.node.rtnetlink.route(destination, link=link, via=via, table=mark)

    def _next_hop(self, route: Route) -> tuple[int | None, IPv4Address]:
        """The link and neighbour for a route; no link means that its packets vanish."""
        target = route.target_id
        if route.blackhole or isinstance(target, Unknown):
            return None, GATEWAY
        if target in self.gateway_links:
            return self.gateway_links[target], GATEWAY
        for eni in self._interfaces.values():
            if target in {eni.id, eni.owner_id} and eni.private_ip_address is not None:
                return self.links[eni.id].index, eni.private_ip_address
        if route.target_kind is not TargetKind.LOCAL:
            log.warning("%s: nothing built for `%s`, its packets are dropped", route.origin, target)
        return None, GATEWAY

    def _tables(self) -> list[RouteTable]:
        used = (self._cloud.route_table_of(subnet.id) for subnet in self._cloud.subnets_of(self.vpc.id))
        return [*{table.id: table for table in used if table is not None}.values()]

    def _referenced_groups(self) -> list[str]:
        groups = [g for g in self._cloud.security_groups.values() if g.vpc_id == self.vpc.id]
        rules = (rule for group in groups for rule in (*group.ingress, *group.egress))
        named = (rule.peer for rule in rules if rule.peer_kind is PeerKind.GROUP and isinstance(rule.peer, str))
        return [*dict.fromkeys(named)]

    def _list_number(self, eni: NetworkInterface) -> int | None:
        """The number of an interface's list of groups; a NAT gateway's interface has none (§2.6)."""
        key = tuple(g for g in eni.security_group_ids if isinstance(g, str) and g in self._cloud.security_groups)
        return self._lists.setdefault(key, len(self._lists) + 1) if key else None

    def _list_lines(self, key: tuple[str, ...], number: int) -> Iterator[str]:
        groups = [self._cloud.security_groups[group_id] for group_id in key]
        return ruleset.group_list(number, groups, self._sets, dict(self._cloud.prefix_lists))

    def _interface_lines(self, eni: NetworkInterface) -> Iterator[str]:
        assert eni.private_ip_address is not None
        yield from ruleset.interface(
            self.links[eni.id].name,
            [eni.private_ip_address, *eni.secondary_private_ip_addresses],
            groups=self._list_number(eni),
            member_of=[self._sets[g] for g in eni.security_group_ids if isinstance(g, str) and g in self._sets],
            forwards=not eni.source_dest_check,
        )
        if eni.public_ip is not None:
            yield from ruleset.public_address(eni.private_ip_address, eni.public_ip)

    def _acl_lines(self) -> Iterator[str]:
        users: dict[str, list[int]] = {}
        for subnet_id, group in self._groups.items():
            acl = self._cloud.network_acl_of(subnet_id)
            if acl is not None:
                users.setdefault(acl.id, []).append(group)
        for number, (acl_id, groups) in enumerate(users.items(), 1):
            yield from ruleset.network_acl(number, self._cloud.network_acls[acl_id], groups)


def _priority(route: Route) -> int:
    """0 for propagated routes, 1 for prefix lists, 2 for static ones (vpc-network §1.5)."""
    return 0 if route.propagated else 1 if route.destination_prefix_list_id is not None else 2


def _destinations(route: Route, prefixes: Mapping[str, tuple[IPv4Network, ...]]) -> tuple[IPv4Network, ...]:
    if isinstance(route.destination_cidr_block, IPv4Network):
        return (route.destination_cidr_block,)
    list_id = route.destination_prefix_list_id
    return prefixes.get(list_id, ()) if isinstance(list_id, str) else ()
