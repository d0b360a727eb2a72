"""Zones of subnets, as a source states them."""

import re
from collections.abc import Iterator, Sequence

from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in
from netful.model.network.vpc import ZoneSource

_ZONE_OF_REGION = re.compile(r"(?P<region>[a-z]+(?:-[a-z]+)+-\d)[a-z]")


def in_one_zone(cloud: Cloud, subnet_ids: Sequence[Maybe[str]]) -> bool:
    """Return whether subnets are surely in one zone of a Region; Local Zones and Outposts may do with one."""
    subnets = [known_in(cloud.network.subnets, id_) for id_ in subnet_ids]
    zones = {(one.zone_source, one.zone) if one else None for one in subnets}
    if len(zones) != 1 or None in zones or any(_is_on_outpost(cloud, str(id_)) for id_ in subnet_ids):
        return False
    [(source, zone)] = filter(None, zones)
    if source is ZoneSource.NONE:
        return len(subnets) == 1
    return _ZONE_OF_REGION.fullmatch(zone) is not None


def of_other_regions(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each subnet in a zone of another region than its own, as `--region` can make it."""
    for subnet in cloud.network.subnets.values():
        found = _ZONE_OF_REGION.fullmatch(subnet.zone) if subnet.zone_source is ZoneSource.NAME else None
        resource, region = cloud.template.resources.get(subnet.id), cloud.region_of(subnet.id)
        if found and resource and found["region"] != region:
            where = resource.origin_of("AvailabilityZone")
            yield f"{where}: `{subnet.id}` is in {subnet.zone}, and read as if it were in {region}"


def _is_on_outpost(cloud: Cloud, subnet_id: str) -> bool:
    resource = cloud.template.resources.get(subnet_id)
    return resource is None or "OutpostArn" in resource.properties
