"""Route tables: selection of the entry for a packet (vpc-network §1.4 to §1.6, §1.10).

Priority, highest first:

1. the longest prefix;
2. for the same prefix: static (it then replaces the local route, §1.6), local, by prefix list, propagated;
3. between equals the smallest target id: AWS picks one and keeps it (§1.5).

A propagated route inside the VPC's own blocks never beats `local`, even if it is more specific. A blackhole matches packets
like any other route, and so hides a less specific route that would work.
"""

from collections.abc import Iterator

from netful.engine.flows.blocks import is_public
from netful.engine.flows.flow import contains, overlaps
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import IPNetwork, Vpc

_STATIC, _LOCAL, _PREFIX_LIST, _PROPAGATED = range(4)


class Entry(Frozen):
    """One block of a route; a route by prefix list has several. `route` is None for a local route."""

    block: IPNetwork
    route: Route | None = None

    @property
    def kind(self) -> TargetKind:
        """Kind of the entry's target."""
        return self.route.target_kind if self.route else TargetKind.LOCAL


class Selection(Frozen):
    """The entry for the packet, None if no entry matches; `doubts` are routes with an unknown block, and possible ones.

    `rivals` are the targets of other entries that AWS may choose instead (rule 3).
    """

    entry: Entry | None
    doubts: tuple[Unknown, ...] = ()
    rivals: tuple[str, ...] = ()


def select(cloud: Cloud, vpc: Vpc, table: RouteTable, destination: IPNetwork) -> Selection:
    """Return the entry of a VPC's route table for a packet to a destination."""
    local = vpc.known_blocks
    entries = [Entry(block) for block in local if contains(block, destination)]
    doubts = [] if is_public(destination) else [block for block in vpc.blocks if isinstance(block, Unknown)]
    for route in table.routes:
        for block in blocks_of(cloud, route):
            if isinstance(block, Unknown):
                doubts.append(block)
            elif contains(block, destination) and not _yields_to_local(route, block, local):
                entries.append(Entry(block, route))
    for one in table.possible_routes:
        listed = cloud.network.prefix_lists[one.destination_prefix_list_id].cidr_blocks
        if any(not isinstance(block, Unknown) and contains(block, destination) for block in listed):
            doubts.append(one.unknown)
    entries.sort(key=_rank)
    return Selection(next(iter(entries), None), tuple(doubts), tuple(_rivals(entries)))


def _rivals(entries: list[Entry]) -> dict[str, None]:
    """Return the targets of routes by prefix list that are equal to the first entry, other than its own target."""
    equal = [rank for rank in map(_rank, entries) if rank[1] == _PREFIX_LIST and rank[:2] == _rank(entries[0])[:2]]
    return dict.fromkeys(target for *_, target in equal if target != equal[0][-1])


def blocks_of(cloud: Cloud, route: Route) -> Iterator[Maybe[IPNetwork]]:
    """Yield the blocks of a route: its own, or those of its prefix list."""
    if route.destination_cidr_block is not None:
        yield route.destination_cidr_block
    elif isinstance(route.destination_prefix_list_id, Unknown):
        yield route.destination_prefix_list_id
    elif route.destination_prefix_list_id is not None:
        listed = cloud.network.prefix_lists.get(route.destination_prefix_list_id)
        missing = Unknown("not loaded", (f"prefix list {route.destination_prefix_list_id}",))
        yield from listed.cidr_blocks if listed else (missing,)


def _yields_to_local(route: Route, block: IPNetwork, local: list[IPNetwork]) -> bool:
    return route.propagated and any(overlaps(own, block) and own.prefixlen <= block.prefixlen for own in local)


def _rank(entry: Entry) -> tuple[int, int, str]:
    route = entry.route
    if route is None:
        return (-entry.block.prefixlen, _LOCAL, "")
    origin = _PREFIX_LIST if route.destination_prefix_list_id is not None else _STATIC
    return (-entry.block.prefixlen, _PROPAGATED if route.propagated else origin, str(route.target_id))


def describe(cloud: Cloud, route: Route) -> str:
    """Return a route in users' notation: `PrivateRoute 0.0.0.0/0 → NatGateway`; an id that only repeats the block is omitted."""
    destination: object = route.destination_cidr_block
    if destination is None and isinstance(route.destination_prefix_list_id, str):
        listed = cloud.network.prefix_lists.get(route.destination_prefix_list_id)
        destination = listed.name if listed else route.destination_prefix_list_id
    target = "an unknown target" if isinstance(route.target_id, Unknown) else route.target_id
    label = "" if route.id.endswith(f".{destination}") else f"{route.id} "
    return f"{label}{destination} → {target}"
