"""Attributes that no resource of a type has: CloudFormation refuses a template that asks for one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.sources import schema_names
from netful.sources.files.complaint import close_match
from netful.sources.template.references import Reference

_BEYOND = {
    "AWS::AppStream::Fleet": "Id",
    "AWS::DirectoryService::SimpleAD": "Id",
    "AWS::DocDB::DBCluster": "ServerlessV2PlatformVersion",
    "AWS::EC2::ClientVpnTargetNetworkAssociation": "AssociationId",
    "AWS::Redshift::Cluster": "Id",
    "AWS::Timestream::InfluxDBCluster": "EffectiveDbParameterGroupIdentifier MemberCount MemberModeCounts",
    "AWS::Timestream::InfluxDBInstance": "DbClusterId",
}
"""Attributes that the schemas lack, and that the constructs of CDK have."""
_WRITTEN = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*")


def absent(uses: Iterable[Reference], resources: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield each reference to an attribute whose beginning is no property in the schema of the resource's type."""
    for use in uses:
        if use.condition or use.name not in resources or not _WRITTEN.fullmatch(use.attribute):
            continue
        kind = str(resources[use.name]["Type"])
        known = schema_names.attributes(kind)
        if known and _first(use) not in (*known, *_BEYOND.get(kind, "").split()):
            yield use


def warnings(uses: Iterable[Reference], resources: Mapping[str, Any]) -> Iterator[str]:
    """Yield a warning for each reference to an absent attribute."""
    for use in absent(uses, resources):
        kind = str(resources[use.name]["Type"])
        hint = close_match(_first(use), schema_names.attributes(kind))
        what = f"`{kind}` has no attribute `{use.attribute}`, and CloudFormation refuses a template with it"
        yield f"{use.origin}: {what}{'; ' + hint if hint else ''}"


def _first(use: Reference) -> str:
    return use.attribute.partition(".")[0]
