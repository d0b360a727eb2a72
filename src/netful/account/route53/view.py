"""The cloud as Route 53 sees it: ids of hosted zones, EC2's ids of VPCs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netful.account.ec2.view import View as Ec2View
from netful.account.route53.change_log import ChangeLog
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.names.generated.id_forms import HOSTED_ZONE, formed
from netful.model.names.hosted_zones import HostedZone

SERVICE = "route53"
_OF_AWS = re.compile(r"Z[A-Z0-9]{8,31}")


class View(Frozen):
    """A cloud, EC2's view of it, the ids of its hosted zones by their names in it, and the changes that were made."""

    cloud: Cloud
    ec2: Ec2View
    ids: Mapping[str, str]
    log: ChangeLog

    @classmethod
    def of(cls, cloud: Cloud, log: ChangeLog) -> View:
        """Return the view of a cloud."""
        return cls(cloud, Ec2View(cloud), zone_ids(cloud), log)

    def zone(self, asked: object) -> HostedZone:
        """Return the zone with an id, or with a name in the cloud. Raises ApiError for an unknown one."""
        text = str(asked).rpartition("/")[2]
        name = next((name for name, id_ in self.ids.items() if text in (name, id_)), "")
        zone = self.cloud.names.hosted_zones.get(name)
        if zone is None or not zone.loaded:
            raise ApiError("NoSuchHostedZone", f"No hosted zone found with ID: {text}", 404)
        return zone

    def zones(self) -> list[HostedZone]:
        """Return the zones, but not those that only records name."""
        return [zone for zone in self.cloud.names.hosted_zones.values() if zone.loaded and zone.name]


def zone_ids(cloud: Cloud) -> Mapping[str, str]:
    """Return the ids of the hosted zones, by their names in the cloud."""
    return cloud.derived("ids of Route 53", lambda: {name: _id(cloud, name) for name in cloud.names.hosted_zones})


def _id(cloud: Cloud, name: str) -> str:
    """Return the id of a zone. The zone of a namespace of Cloud Map has one that follows from the namespace's name."""
    own = cloud.aws_id(name)
    return own if _OF_AWS.fullmatch(own) else formed(HOSTED_ZONE, cloud.account_id, cloud.region, name)
