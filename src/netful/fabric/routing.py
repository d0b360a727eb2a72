"""A VPC's route tables in the kernel: one table each, found by the mark that a subnet's packets carry.

The VPC's own blocks are in the main table, which is asked first: the local route beats all others, but for routes more
specific than it, which stand in a table of their own before it (vpc-network §1.5, §1.6). `sync` brings the kernel from
what it has to what the model says, and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from netful.fabric.node import Node
from netful.model.vpc import Route, RouteTable

Prefixes = Mapping[str, tuple[IPv4Network, ...]]
"""The IPv4 blocks of each prefix list."""

_BEFORE_MAIN = 1000
_AFTER_MAIN = 40000
_LAST_RULE = 60000
_MORE_SPECIFIC = 1 << 20  # what is added to a table's number for its more specific half


@dataclass(frozen=True, slots=True)
class NextHop:
    """Where a route leads; without a link its packets vanish."""

    link: int | None
    via: IPv4Address


class RouteTables:
    """The route tables of one router."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: set[int] = set()
        self._installed: dict[tuple[int, IPv4Network], NextHop] = {}

    def sync(
        self,
        tables: Iterable[tuple[int, RouteTable, str]],
        blocks: Iterable[IPv4Network],
        prefixes: Prefixes,
        next_hop: Callable[[Route, str], NextHop],
    ) -> None:
        """Install these tables (number, table, zone of its subnets) and take out what is no longer in them."""
        own = [*blocks]
        wanted: dict[tuple[int, IPv4Network], NextHop] = {}
        for number, table, zone in tables:
            self._announce(number)
            # Later routes replace earlier ones of the same prefix: AWS's priority (§1.5), lowest first.
            for route in sorted(table.routes, key=_priority):
                for destination in _destinations(route, prefixes):
                    inside = any(destination.subnet_of(block) for block in own)
                    wanted[number + _MORE_SPECIFIC * inside, destination] = next_hop(route, zone)
        for place, hop in wanted.items():
            if self._installed.get(place) != hop:
                self._install(*place, hop)
        for number, destination in self._installed.keys() - wanted.keys():
            self._node.rtnetlink.delete_route(destination, number)
        self._installed = wanted
        self._node.rtnetlink.flush()

    def forget(self, link: int) -> None:
        """Know that a link is gone: the kernel has dropped the routes out of it."""
        self._installed = {place: hop for place, hop in self._installed.items() if hop.link != link}

    def _announce(self, number: int) -> None:
        rtnetlink = self._node.rtnetlink
        if not self._known:
            rtnetlink.last_rule_drops(_LAST_RULE)
        if number not in self._known:
            self._known.add(number)
            rtnetlink.rule(_BEFORE_MAIN + number, mark=number, table=number + _MORE_SPECIFIC)
            rtnetlink.rule(_AFTER_MAIN + number, mark=number, table=number)

    def _install(self, number: int, destination: IPv4Network, hop: NextHop) -> None:
        if hop.link is None:
            self._node.rtnetlink.blackhole(destination, number)
        else:
            self._node.rtnetlink.route(destination, link=hop.link, via=hop.via, table=number)


def _priority(route: Route) -> int:
    """0 for propagated routes, 1 for prefix lists, 2 for static ones (vpc-network §1.5)."""
    return 0 if route.propagated else 1 if route.destination_prefix_list_id is not None else 2


def _destinations(route: Route, prefixes: Prefixes) -> tuple[IPv4Network, ...]:
    if isinstance(route.destination_cidr_block, IPv4Network):
        return (route.destination_cidr_block,)
    list_id = route.destination_prefix_list_id
    return prefixes.get(list_id, ()) if isinstance(list_id, str) else ()
