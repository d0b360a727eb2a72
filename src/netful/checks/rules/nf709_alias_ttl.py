"""NF709: an alias record with a TTL, which Route 53 rejects.

An alias record takes the time to live of its target. Route 53 rejects a record with both, and the deployment fails.

Instead: Leave `TTL` out of alias records.
"""

from collections.abc import Mapping
from typing import Any

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.core import listed, mappings


@Rule.of("TTL on an alias record", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.of_type("AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"):
        records: list[Mapping[str, Any]] = [
            resource.properties,
            *mappings(listed(resource.properties.get("RecordSets"))),
        ]
        for record in records:
            if "AliasTarget" in record and "TTL" in record:
                origin = resource.origin_of("TTL" if "TTL" in resource.properties else "RecordSets")
                message = f"`{resource.id}` is an alias with a `TTL`, which Route 53 rejects"
                yield Problem(resource.id, origin, message, "remove `TTL`: an alias has that of its target")
