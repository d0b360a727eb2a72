"""Middleboxes that may keep the sources of packets, as a firewall between subnets does.

No source describes what runs on an instance that forwards packets. A running stack sends them on with the instance's own address,
as a NAT instance does. Where such packets are blocked, and the routes of both directions lead by the same instance, the owner may
have a firewall there that changes no address: a path exists if it exists with one.
"""

from dataclasses import replace

from netful.engine.flows.path import Hop, Path
from netful.engine.network.route_targets import middleboxes
from netful.engine.routing.route_tables import Entry
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import TargetKind

_KINDS = (TargetKind.NETWORK_INTERFACE, TargetKind.INSTANCE)


def supposed(cloud: Cloud, path: Path) -> Cloud | None:
    """Return the cloud in which all middleboxes keep the sources of packets, also those of other zones; None if a path passes none."""
    if not _boxes(cloud, path.hops):
        return None
    every = cloud.network.network_interfaces
    boxes = {id_: replace(eni, keeps_sources=True) for id_, eni in every.items() if not eni.source_dest_check}
    return cloud.having(network_interfaces={**every, **boxes})


def is_symmetric(cloud: Cloud, path: Path) -> bool:
    """Return whether a path and its answers pass the same middleboxes."""
    return _boxes(cloud, path.hops) == _boxes(cloud, path.return_hops)[::-1]


def _boxes(cloud: Cloud, hops: tuple[Hop, ...]) -> list[NetworkInterface]:
    """Return the middleboxes to which the deciding routes lead."""
    entries = (hop.decided_by for hop in hops)
    routes = (one.route for one in entries if isinstance(one, Entry) and one.kind in _KINDS)
    found = (middleboxes.box_of(cloud, route) for route in routes if route is not None)
    return [box for box in found if box is not None and not box.source_dest_check]
