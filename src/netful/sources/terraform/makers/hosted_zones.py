"""Hosted zones of a plan, and their records."""

from collections.abc import Mapping
from typing import Any

from netful.sources.terraform.plan.blocks import several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.rows import single

_RECORD = single("", "allow_overwrite type set_identifier",
    {"zone_id": "HostedZoneId", "ttl": "TTL", "alias.name": "AliasTarget.DNSName",
     "weighted_routing_policy.weight": "Weight", "failover_routing_policy.type": "Failover",
     "latency_routing_policy.region": "Region", "multivalue_answer_routing_policy": "MultiValueAnswer"},
    geolocation_routing_policy=single("GeoLocation", "continent country subdivision"),
    geoproximity_routing_policy=single("GeoProximityLocation", "aws_region bias local_zone_group"),
    cidr_routing_policy=single("CidrRoutingConfig", "collection_id location_name"))  # fmt: skip


def _record(making: Translation, resource: Planned) -> None:
    properties = making.shaped(resource, _RECORD)
    records = {"ResourceRecords": several(making.value(resource, "records")) or None}
    applied, written = resource.values.get("fqdn"), making.required(resource, "name")
    name = applied if isinstance(applied, str) else _full_name(written, making.referred(resource, "zone_id"))
    making.put(resource, "AWS::Route53::RecordSet", {**properties, "Name": name, **records})


def _full_name(name: Any, zones: list[Planned]) -> Any:
    """Return the name of a record with that of its zone, which the provider adds if it is left out."""
    zone = str(zones[0].values.get("name") or "").rstrip(".") if len(zones) == 1 else ""
    if not isinstance(name, str) or not zone or name.rstrip(".").lower().endswith(zone.lower()):
        return name
    return f"{name}.{zone}" if name else zone


COMPLETIONS: Mapping[str, Completion] = {
    "aws_route53_zone": lambda making, resource: {"Name": making.required(resource, "name")}
}
MAKERS: Mapping[str, Maker] = {"aws_route53_record": _record}
