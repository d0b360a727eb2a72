"""Routes whose blocks are not known: they may take a packet from the route that a table chooses.

A private address that only a default route covers is probably meant by such a route: the answer is unknown. In all other cases the
path has an assumption, and so it has where AWS chooses one of equal routes by prefix lists.
"""

from collections.abc import Iterable

from netful.engine.flows.blocks import is_public
from netful.engine.flows.finding import Assumption
from netful.engine.flows.flow import Flow
from netful.engine.flows.ruling import needs
from netful.engine.routing.route_tables import Entry
from netful.model.core import Unknown
from netful.model.network.vpc import IPNetwork


def missing_of(doubts: Iterable[Unknown]) -> tuple[str, ...]:
    """Return what is missing to know the routes."""
    return tuple(dict.fromkeys(need for doubt in doubts for need in needs(doubt, "") if need))


def decide(doubts: tuple[Unknown, ...], chosen: IPNetwork, address: IPNetwork | None) -> bool:
    """Return whether unknown routes make the route of a block unknown for an address."""
    return bool(doubts) and chosen.prefixlen == 0 and not is_public(address)


def assumed(table_id: str, doubts: tuple[Unknown, ...], flow: Flow) -> tuple[Assumption, ...]:
    """Return the assumption that a table's unknown routes do not take a flow."""
    if not doubts:
        return ()
    return (
        Assumption(f"{table_id} has no more specific route to {flow.destination} by {' or '.join(missing_of(doubts))}"),
    )


def chosen(table_id: str, entry: Entry, rivals: tuple[str, ...]) -> tuple[Assumption, ...]:
    """Return the assumption that AWS chooses the target of an entry, and not an equal one of another prefix list (§1.5)."""
    if not rivals or entry.route is None:
        return ()
    others = " or ".join(rivals)
    return (Assumption(f"of the equal routes of {table_id} AWS chooses {entry.route.target_id}, not {others}"),)
