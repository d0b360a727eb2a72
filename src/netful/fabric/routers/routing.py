"""A VPC's route tables in the kernel: one table each, selected by the mark of a subnet's packets.

The VPC's own blocks are in the main table, which comes first: the local route beats all others. Only routes more
specific than it are in a separate table before it (vpc-network §1.5, §1.6). `sync` changes only the differences
between the kernel and the model.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network

from netful.fabric.kernel.node import GATEWAYS, Node
from netful.fabric.kernel.rtnetlink import Version
from netful.model.core import Frozen
from netful.model.network.route_tables import Route, RouteTable
from netful.model.network.vpc import IPAddress, IPNetwork

Prefixes = Mapping[str, tuple[IPNetwork, ...]]
"""The blocks of each prefix list."""

_BEFORE_MAIN = 1000
_AFTER_MAIN = 40000
_LAST_RULE = 60000
_MORE_SPECIFIC = 1 << 20  # offset from a table's number to that of its more specific half


class NextHop(Frozen):
    """The target of a route; without a link its packets are dropped.

    `via` is the next hop of each family, if not the gateway.
    """

    link: int | None
    via: tuple[IPAddress, ...] = ()

    def neighbour(self, version: int) -> IPAddress:
        """Return the next hop of a family."""
        return next((address for address in self.via if address.version == version), GATEWAYS[version])


class RouteTables:
    """The route tables of one router."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: set[int] = set()
        self._installed: dict[tuple[int, IPNetwork], NextHop] = {}

    def sync(
        self,
        tables: Iterable[tuple[int, RouteTable, str]],
        blocks: Iterable[IPNetwork],
        prefixes: Prefixes,
        next_hop: Callable[[Route, str], NextHop],
    ) -> None:
        """Install these tables (number, table, zone of its subnets) and remove routes that they no longer contain."""
        own = [*blocks]
        wanted: dict[tuple[int, IPNetwork], NextHop] = {}
        for number, table, zone in tables:
            self._announce(number, inside=False)
            # Later routes replace earlier ones of the same prefix: AWS's priority, and of equals the smallest target (§1.5).
            for route in sorted(sorted(table.routes, key=_target, reverse=True), key=_priority):
                for destination in self._destinations(route, prefixes):
                    inside = any(_is_inside(destination, block) for block in own)
                    if inside and route.propagated:  # never beats the local route (§1.5)
                        continue
                    if inside:
                        self._announce(number, inside=True)
                    wanted[number + _MORE_SPECIFIC * inside, destination] = next_hop(route, zone)
        for number, destination in self._installed.keys() - wanted.keys():
            self._node.rtnetlink.delete_route(destination, number)
        for place, hop in wanted.items():
            if self._installed.get(place) != hop:
                self._install(*place, hop)
        self._installed = wanted  # also where the kernel refuses one of them: the next tables take its place
        self._node.rtnetlink.flush()

    def forget(self, link: int) -> None:
        """Record that a link is gone: the kernel has dropped the routes through it."""
        self._installed = {place: hop for place, hop in self._installed.items() if hop.link != link}

    @property
    def _versions(self) -> tuple[Version, ...]:
        return (4, 6) if self._node.ipv6 else (4,)

    def _announce(self, number: int, *, inside: bool) -> None:
        """Lead the packets with a table's mark to it, or to its more specific half, which few tables have."""
        rtnetlink, table = self._node.rtnetlink, number + _MORE_SPECIFIC * inside
        for version in self._versions:
            if not self._known:
                rtnetlink.last_rule_drops(_LAST_RULE, version)
            if table not in self._known:
                priority = (_BEFORE_MAIN if inside else _AFTER_MAIN) + number
                rtnetlink.rule(priority, mark=number, table=table, version=version)
        self._known.add(table)

    def _install(self, number: int, destination: IPNetwork, hop: NextHop) -> None:
        rtnetlink = self._node.rtnetlink
        if destination.version == 6 and (number, destination) in self._installed:
            rtnetlink.delete_route(destination, number)  # IPv6 would keep a blackhole beside its replacement
        if hop.link is None:
            rtnetlink.blackhole(destination, number)
        else:
            rtnetlink.route(destination, link=hop.link, via=hop.neighbour(destination.version), table=number)

    def _destinations(self, route: Route, prefixes: Prefixes) -> Iterator[IPNetwork]:
        list_id = route.destination_prefix_list_id
        listed = prefixes.get(list_id, ()) if isinstance(list_id, str) else ()
        for block in (route.destination_cidr_block, *listed):
            if isinstance(block, IPv4Network) or (isinstance(block, IPv6Network) and self._node.ipv6):
                yield block


def _is_inside(block: IPNetwork, own: IPNetwork) -> bool:
    if isinstance(block, IPv4Network):
        return isinstance(own, IPv4Network) and block.subnet_of(own)
    return isinstance(own, IPv6Network) and block.subnet_of(own)


def _priority(route: Route) -> int:
    """Return 0 for propagated routes, 1 for prefix lists, 2 for static ones (vpc-network §1.5)."""
    return 0 if route.propagated else 1 if route.destination_prefix_list_id is not None else 2


def _target(route: Route) -> str:
    return str(route.target_id)
