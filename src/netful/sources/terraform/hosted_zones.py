"""Hosted zones of a plan, and their records."""

from collections.abc import Mapping

from netful.sources.terraform.blocks import blocks_of, several
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation


def _record(making: Translation, resource: Planned) -> None:
    values = resource.values
    properties = {
        "HostedZoneId": making.value(resource, "zone_id"),
        "Name": making.required(resource, "name"),
        "Type": values.get("type"),
        "TTL": values.get("ttl"),
        "ResourceRecords": several(making.value(resource, "records")) or None,
    }
    for block, unknown, written in blocks_of(resource, "alias"):
        properties["AliasTarget"] = {"DNSName": making.argument(resource, "name", block, unknown, written)}
    making.put(resource, "AWS::Route53::RecordSet", properties)


COMPLETIONS: Mapping[str, Completion] = {
    "aws_route53_zone": lambda making, resource: {"Name": making.required(resource, "name")}
}
MAKERS: Mapping[str, Maker] = {"aws_route53_record": _record}
