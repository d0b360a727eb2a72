"""Hosted zones as the API returns them."""

import uuid
from collections.abc import Mapping
from typing import Any

from netful.account.route53 import names
from netful.account.route53.record_sets import record_sets
from netful.account.route53.view import View
from netful.model.core import Resource, Unknown
from netful.model.names.hosted_zones import HostedZone

HOSTED_ZONE, TAGS = "AWS::Route53::HostedZone", "HostedZoneTags"
_OF_CLOUD_MAP = {"ServicePrincipal": "servicediscovery.amazonaws.com", "Description": "Created by AWS Cloud Map"}


def zone_record(view: View, zone: HostedZone) -> dict[str, Any]:
    """Return the record of a zone."""
    resource = resource_of(view, zone)
    config = resource.properties.get("HostedZoneConfig") if resource else None
    comment = config.get("Comment") if isinstance(config, Mapping) else None
    described = zone.id in view.cloud.template.resources
    return {
        "Id": f"/hostedzone/{view.ids[zone.id]}",
        "Name": names.written(zone.name),
        "CallerReference": reference(view, zone),
        "Config": {"Comment": comment if isinstance(comment, str) else None, "PrivateZone": zone.private},
        "ResourceRecordSetCount": len(record_sets(view, zone)),
        "LinkedService": _OF_CLOUD_MAP if described and resource is None else None,
    }


def reference(view: View, zone: HostedZone) -> str:
    """Return the reference of the caller that made a zone: as given, else one that follows from its id."""
    resource = resource_of(view, zone)
    given = resource.properties.get("CallerReference") if resource else None
    return str(given) if isinstance(given, str) else str(uuid.uuid5(uuid.NAMESPACE_OID, view.ids[zone.id]))


def resource_of(view: View, zone: HostedZone) -> Resource | None:
    """Return the resource of a zone; a namespace of Cloud Map is of another type, and has none here."""
    resource = view.cloud.template.resources.get(zone.id)
    return resource if resource is not None and resource.type == HOSTED_ZONE else None


def vpcs(view: View, zone: HostedZone) -> list[dict[str, str | None]]:
    """Return the VPCs that see a private zone."""
    known = [one for one in zone.vpc_ids if not isinstance(one, Unknown)]
    return [{"VPCRegion": view.cloud.region, "VPCId": view.ec2.id(one)} for one in known]
