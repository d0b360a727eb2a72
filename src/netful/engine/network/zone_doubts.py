"""Zones that decide about a path although no source names them.

AWS chooses the zone of a subnet that is written without one, and the id of a zone has another name in each account. A path that
depends on such a zone has an assumption. It does not depend on it if both ends are in one subnet, or if their zones are written
alike.
"""

from collections.abc import Iterable, Iterator

from netful.engine.flows.finding import Assumption
from netful.engine.network.packet import Packet
from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import ZoneSource

_ASSUMED = {
    ZoneSource.ID: "`{}` is in {}, which is the zone that it names by an id",
    ZoneSource.NONE: "AWS puts `{}` into {}: its zone is not written",
}


def at_route(cloud: Cloud, packet: Packet, route: Route) -> Iterator[Assumption]:
    """Yield the zones on which it depends whether a transit gateway takes a packet."""
    vpc = cloud.network.vpc_of_interface(packet.sender)
    if route.target_kind is not TargetKind.TRANSIT_GATEWAY or vpc is None:
        return
    for attachment in cloud.network.transit_gateway_attachments.values():
        if (attachment.transit_gateway_id, attachment.resource_id) == (route.target_id, vpc.id):
            yield from between(cloud, packet.sender.subnet_id, attachment.subnet_ids)


def between(cloud: Cloud, subnet_id: Maybe[str], others: Iterable[Maybe[str]]) -> Iterator[Assumption]:
    """Yield the zones on which it depends whether a subnet is in a zone of others."""
    own = known_in(cloud.network.subnets, subnet_id)
    found = [subnet for id_ in others if (subnet := known_in(cloud.network.subnets, id_))]
    shared = {own.shares_zone(other) for other in found} if own else set()
    if own and True not in shared and None in shared:
        yield from (
            Assumption(_ASSUMED[subnet.zone_source].format(subnet.id, subnet.zone))
            for subnet in (own, *found)
            if subnet.zone and subnet.zone_source in _ASSUMED
        )
