"""A path as stations and gates: the structure of its picture.

A station processes a packet or a request: a load balancer, a proxy, a peering, an endpoint, an API. Gates between two stations
only admit or reject: names, security groups, network ACLs, route tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from netful.engine.flows.kinds import HopKind, Role
from netful.engine.flows.path import Hop, Path

_OF_WHOM = HopKind.TLS  # the owner of the certificate is an earlier station
_LAST = HopKind.HOST  # the destination evaluates the request itself, so no gates follow


@dataclass(slots=True)
class Station:
    """A station on the path, the gates before it, and its processing."""

    name: str
    gates: list[Hop] = field(default_factory=list)
    doings: list[Hop] = field(default_factory=list)


def stations(path: Path) -> list[Station]:
    """Return the stations of the forward path: the source first, the destination last even if it has no hop."""
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
    """Return the number of stations that a request reaches, the rejecting station included."""
    number = 0
    for station in every:
        if any(hop.verdict == "deny" for hop in station.gates):
            break
        number += 1
        if any(hop.verdict == "deny" for hop in station.doings):
            break
    return number
