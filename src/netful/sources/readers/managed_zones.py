"""Subnets of a managed resource in the zones that its template names.

A cluster of databases is where its instances are. One with an instance whose zone is not written may be in any subnet of its group.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.vpc import Subnet, ZoneSource
from netful.sources.template.reading import Reader

_REPLICATION_GROUP, _NODE_GROUPS = "AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration"
ZONES = {
    "AWS::RDS::DBInstance": ("AvailabilityZone",),
    "AWS::DocDB::DBInstance": ("AvailabilityZone",),
    "AWS::Neptune::DBInstance": ("AvailabilityZone",),
    "AWS::Redshift::Cluster": ("AvailabilityZone",),
    "AWS::DMS::ReplicationInstance": ("AvailabilityZone",),
    "AWS::ElastiCache::CacheCluster": ("PreferredAvailabilityZones", "PreferredAvailabilityZone"),
    _REPLICATION_GROUP: ("PreferredCacheClusterAZs",),
    "AWS::DAX::Cluster": ("AvailabilityZones",),
}
"""The properties with the zones of a resource, by its type; the first one that is written counts."""
_UNWRITTEN = Unknown("the template does not name the zone")


def in_zones(
    reader: Reader, members: Iterable[Reader], places: tuple[Maybe[str], ...], subnets: Mapping[str, Subnet]
) -> tuple[Maybe[str], ...]:
    """Return the places that may be in the zones of a resource, or of its members; all if none is, or a zone is not known."""
    written = [_zones_of(one) for one in members] or [_zones_of(reader)]
    zones = {zone for each in written for zone in each}
    return tuple(place for place in places if all(written) and _may_be_in(place, zones, subnets)) or places


def _zones_of(reader: Reader) -> tuple[str, ...]:
    """Return the zones that a resource names; nothing if it does not name them all."""
    written = (reader.known_texts(name) for name in ZONES.get(reader.type, ()))
    given = next(filter(None, written), ())
    if not given and reader.type == _REPLICATION_GROUP:
        given = tuple(zone for group in reader.each(_NODE_GROUPS) for zone in _of_nodes(reader, group))
    known = tuple(zone for zone in given if isinstance(zone, str))
    return known if known == given else ()


def _of_nodes(reader: Reader, group: Reader | Unknown) -> Iterator[Maybe[str]]:
    """Yield the zones of the primary and the replicas of a node group."""
    if isinstance(group, Unknown):
        yield group
        return
    yield group.text("PrimaryAvailabilityZone") or _UNWRITTEN
    count = group.number("ReplicaCount") if group.has("ReplicaCount") else reader.number("ReplicasPerNodeGroup")
    yield from group.known_texts("ReplicaAvailabilityZones") or (() if count == 0 else (_UNWRITTEN,))


def _may_be_in(place: Maybe[str], zones: set[str], subnets: Mapping[str, Subnet]) -> bool:
    subnet = known_in(subnets, place)
    return subnet is None or subnet.zone_source is not ZoneSource.NAME or subnet.zone in {*zones, ""}
