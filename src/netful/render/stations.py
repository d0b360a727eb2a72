"""A path as stations and what stands between them: how a picture of it is divided.

A station is a thing that takes a packet or a request and does something with it: a load balancer, a proxy, a peering, an
endpoint, an API. Between two of them stand gates, which only let through or do not: names, groups, ACLs, route tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from netful.engine.flows.kinds import HopKind, Role
from netful.engine.flows.path import Hop, Path

_OF_WHOM = HopKind.TLS  # whose certificate it is was on the way before
_LAST = HopKind.HOST  # who it names judges the request by itself: nothing stands between any more


@dataclass(slots=True)
class Station:
    """A thing on the way, the gates that stand before it, and what it does."""

    name: str
    gates: list[Hop] = field(default_factory=list)
    doings: list[Hop] = field(default_factory=list)


def stations(path: Path) -> list[Station]:
    """The way out: the source first; the destination last, where no hop stands for it."""
    found = [Station(path.source)]
    gates: list[Hop] = []
    for hop in path.hops:
        judged = any(each.kind == _LAST for each in found[-1].doings)
        before = next((each for each in found if each.name == hop.component), None) if hop.kind == _OF_WHOM else None
        if (
            judged
            or hop.kind.role is Role.ACTION
            or (hop.component == found[-1].name and hop.kind.role is not Role.GATE)
        ):
            found[-1].doings.append(hop)
        elif before is not None:
            before.doings.append(hop)
        elif hop.kind.role is Role.GATE:
            gates.append(hop)
        else:
            found.append(Station(hop.component, gates, [hop]))
            gates = []
    if gates or len(found) == 1:
        found.append(Station(path.destination, gates))
    return found


def reached(every: Iterable[Station]) -> int:
    """How many of the stations a request gets to, the one that refuses it among them."""
    number = 0
    for station in every:
        if any(hop.verdict == "deny" for hop in station.gates):
            break
        number += 1
        if any(hop.verdict == "deny" for hop in station.doings):
            break
    return number
