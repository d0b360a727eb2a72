"""Hosted zones with their records."""

from dataclasses import replace

from netful.model.core import Maybe, Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.sources.parts import PartReader
from netful.sources.readers import cloud_map
from netful.sources.template.reading import Inventory, Reader, known_or


def hosted_zones(inventory: Inventory) -> dict[str, HostedZone]:
    """Return the zones with their records, Cloud Map's namespaces included, and zones that only records name."""
    found = {reader.id: _zone(reader) for reader in inventory.of("AWS::Route53::HostedZone")}
    found |= cloud_map.namespaces(inventory)
    for reader in inventory.of("AWS::Route53::RecordSet"):
        _add_record(reader, reader, found)
    for reader in inventory.of("AWS::Route53::RecordSetGroup"):
        for part in reader.parts("RecordSets"):
            _add_record(part, reader, found)
    return found


def _zone(reader: Reader) -> HostedZone:
    vpc_ids = tuple(vpc.required("VPCId") for vpc in reader.parts("VPCs"))
    name = reader.required("Name")
    return HostedZone(reader.id, bare_name(name), vpc_ids, unnamed=_needed(name, reader), origin=reader.origin)


def _needed(value: Maybe[str] | None, reader: Reader) -> tuple[str, ...]:
    """Return the inputs that would supply the name of a zone, or the name or the type of a record."""
    return value.needs or (f"the name of {reader.id}",) if isinstance(value, Unknown) else ()


def bare_name(name: Maybe[str]) -> str:
    """Return a name in lower case and without its final dot; "" when it is unknown."""
    return "" if isinstance(name, Unknown) else name.rstrip(".").lower()


def _add_record(reader: Reader, holder: Reader, zones: dict[str, HostedZone]) -> None:
    zone, name, kind = _zone_of(reader, holder, zones), reader.required("Name"), reader.text("Type")
    record = RecordSet(
        id=reader.id,
        name=bare_name(name),
        type=known_or(kind, ""),
        values=tuple(one.strip() if isinstance(one, str) else one for one in reader.known_texts("ResourceRecords")),
        alias=reader.part("AliasTarget").text("DNSName"),
        ttl=ttl if isinstance(ttl := reader.number("TTL"), int) else None,
        weight=weight if isinstance(weight := reader.number("Weight"), int) else None,
        failover=known_or(reader.text("Failover"), ""),
        region=known_or(reader.text("Region"), ""),
        origin=reader.origin,
    )
    needed = (*_needed(name, reader), *_needed(kind, reader))
    if zone is not None and record.name and not needed:
        zones[zone.id] = replace(zone, records=(*zone.records, record))
    elif zone is not None:
        zones[zone.id] = replace(zone, unnamed=(*zone.unnamed, *needed))


def _zone_of(reader: Reader, holder: Reader, zones: dict[str, HostedZone]) -> HostedZone | None:
    """Return the zone that a record names by id or by name, loaded or not."""
    for place in (reader, holder):
        zone_id, name = place.text("HostedZoneId"), place.text("HostedZoneName")
        if zone_id is not None:
            named = zone_id if isinstance(zone_id, str) else next(iter(zone_id.needs), "")
            return zones.setdefault(named, HostedZone(named, "", loaded=False, origin=place.origin)) if named else None
        if isinstance(name, str):
            bare = bare_name(name)
            known = next((zone for zone in zones.values() if zone.name == bare), None)
            return known or zones.setdefault(bare, HostedZone(bare, bare, origin=place.origin))
    return None


READERS = (PartReader("hosted_zones", hosted_zones),)
