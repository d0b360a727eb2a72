"""Subnets of a managed resource in the zones that its template names.

A cluster of databases is where its instances are. One with an instance whose zone is not written may be in any subnet of its group.
"""

from collections.abc import Iterable, Mapping

from netful.model.core import Maybe, known_in
from netful.model.network.vpc import Subnet, ZoneSource
from netful.sources.template.reading import Reader

ZONES = {
    "AWS::RDS::DBInstance": "AvailabilityZone",
    "AWS::DocDB::DBInstance": "AvailabilityZone",
    "AWS::Neptune::DBInstance": "AvailabilityZone",
    "AWS::Redshift::Cluster": "AvailabilityZone",
    "AWS::DMS::ReplicationInstance": "AvailabilityZone",
    "AWS::ElastiCache::CacheCluster": "PreferredAvailabilityZone",
    "AWS::ElastiCache::ReplicationGroup": "PreferredCacheClusterAZs",
    "AWS::DAX::Cluster": "AvailabilityZones",
}
"""The property with the zones of a resource, by its type."""


def in_zones(
    reader: Reader, members: Iterable[Reader], places: tuple[Maybe[str], ...], subnets: Mapping[str, Subnet]
) -> tuple[Maybe[str], ...]:
    """Return the places that may be in the zones of a resource, or of its members; all if none is, or a zone is not known."""
    written = [_zones_of(one) for one in members] or [_zones_of(reader)]
    zones = {zone for each in written for zone in each}
    return tuple(place for place in places if all(written) and _may_be_in(place, zones, subnets)) or places


def _zones_of(reader: Reader) -> tuple[str, ...]:
    """Return the zones that a resource names; nothing if it does not name them all."""
    given = reader.known_texts(ZONES[reader.type]) if reader.type in ZONES else ()
    known = tuple(zone for zone in given if isinstance(zone, str))
    return known if known == given else ()


def _may_be_in(place: Maybe[str], zones: set[str], subnets: Mapping[str, Subnet]) -> bool:
    subnet = known_in(subnets, place)
    return subnet is None or subnet.zone_source is not ZoneSource.NAME or subnet.zone in {*zones, ""}
