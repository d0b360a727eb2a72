"""Hosted zones of a plan, and their records."""

from collections.abc import Mapping

from netful.sources.terraform.blocks import several
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation


def _record(making: Translation, resource: Planned) -> None:
    properties = making.named(
        resource, "type", {"zone_id": "HostedZoneId", "ttl": "TTL", "alias.name": "AliasTarget.DNSName"}
    )
    records = {"ResourceRecords": several(making.value(resource, "records")) or None}
    name = {"Name": making.required(resource, "name")}
    making.put(resource, "AWS::Route53::RecordSet", {**properties, **name, **records})


COMPLETIONS: Mapping[str, Completion] = {
    "aws_route53_zone": lambda making, resource: {"Name": making.required(resource, "name")}
}
MAKERS: Mapping[str, Maker] = {"aws_route53_record": _record}
