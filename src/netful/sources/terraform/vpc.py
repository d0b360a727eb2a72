"""Prefix lists of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from netful.sources.terraform.plan import Planned, items
from netful.sources.terraform.translation import Maker, Translation


def _prefix_list(making: Translation, resource: Planned) -> None:
    entries = [{"Cidr": entry.get("cidr")} for entry in items(resource.values.get("entry")) if entry.get("cidr")]
    properties = {"PrefixListName": resource.values.get("name"), "Entries": entries}
    making.put(resource, "AWS::EC2::PrefixList", properties)


MAKERS: Mapping[str, Maker] = {
    "aws_ec2_managed_prefix_list": _prefix_list,
}
