"""Zones of subnets, as a source states them."""

import re
from collections.abc import Sequence

from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in
from netful.model.network.vpc import ZoneSource

_ZONE_OF_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d[a-z]")


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


def _is_on_outpost(cloud: Cloud, subnet_id: str) -> bool:
    resource = cloud.template.resources.get(subnet_id)
    return resource is None or "OutpostArn" in resource.properties
