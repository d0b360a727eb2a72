"""NF711: an interface endpoint does not say whether it has private DNS."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts import Facts
from netful.checks.finding import Problem, Severity
from netful.checks.rule import Rule


def _find(facts: Facts) -> Iterator[Problem]:
    for resource in facts.of_type("AWS::EC2::VPCEndpoint"):
        if resource.properties.get("VpcEndpointType") == "Interface" and "PrivateDnsEnabled" not in resource.properties:
            message = f"`{resource.id}` does not state `PrivateDnsEnabled`, whose default differs from tool to tool"
            yield Problem(resource.id, resource.origin, message, "write `PrivateDnsEnabled: true` or `false`")


RULE = Rule(
    id="NF711",
    slug="private-dns-unstated",
    title="private DNS is not stated",
    severity=Severity.LOW,
    why=(
        "CloudFormation's default is false, the console's and the CDK's is true. Without private DNS the service's name goes "
        "on to lead to public addresses, and the endpoint is paid for and not used."
    ),
    instead="State `PrivateDnsEnabled` on every interface endpoint.",
    find=_find,
)
