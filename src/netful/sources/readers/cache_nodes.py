"""Subnets of the nodes of a cluster of memcached.

| of the template | subnet of a node |
|---|---|
| `PreferredAvailabilityZones` | in the zone at its place in the list |
| `PreferredAvailabilityZone` | in this zone |
| `AZMode: cross-az` | those of the subnet group in turn |
| none | the first one: all nodes are in one zone |
"""

from __future__ import annotations

from collections.abc import Mapping

from netful.model.core import Maybe, known_in
from netful.model.network.vpc import Subnet
from netful.sources.template.reading import Reader

CLUSTER = "AWS::ElastiCache::CacheCluster"


def node_places(
    reader: Reader, places: tuple[Maybe[str], ...], subnets: Mapping[str, Subnet]
) -> tuple[Maybe[str], ...] | None:
    """Return the subnets of the nodes, one by one, and then those in which AWS may put them too; None for a single node."""
    count = reader.number("NumCacheNodes")
    if not isinstance(count, int) or count < 2 or not places:
        return None
    in_turn = reader.text("AZMode") == "cross-az"
    zones = reader.known_texts("PreferredAvailabilityZones") or (reader.text("PreferredAvailabilityZone"),)
    by_zone = {subnet.availability_zone: place for place in reversed(places) if (subnet := known_in(subnets, place))}
    nodes = [
        by_zone.get(zones[number % len(zones)] or "", places[number % len(places) if in_turn else 0])
        for number in range(count)
    ]
    return (*nodes, *(place for place in places if place not in nodes))
