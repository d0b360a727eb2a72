"""Availability zones as they are written: by name or by id."""

from netful.model.core import Maybe
from netful.model.network.availability_zones import zone_ids
from netful.model.network.vpc import ZoneSource
from netful.sources.template.reading import Reader


def zone_of(reader: Reader) -> tuple[Maybe[str] | None, ZoneSource]:
    """Return the name of a written zone, and how it is written; AWS chooses a zone that is not written."""
    name, id_ = reader.text("AvailabilityZone"), reader.text("AvailabilityZoneId")
    if isinstance(id_, str) and not isinstance(name, str):
        names = {each: name for name, each in zone_ids(reader.region).items()}
        return names.get(id_, id_), ZoneSource.ID
    found = id_ if name is None else name
    return found, ZoneSource.NONE if found is None else ZoneSource.NAME
