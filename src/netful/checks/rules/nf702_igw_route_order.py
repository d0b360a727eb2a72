"""NF702: a route to an internet gateway does not wait for the gateway's attachment."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule


def _find(facts: Facts) -> Iterator[Problem]:
    attachments = [*facts.of_type("AWS::EC2::VPCGatewayAttachment")]
    for route in facts.of_type("AWS::EC2::Route"):
        target = facts.cloud.named(str(route.properties.get("GatewayId")))
        gateways = {target} if target in facts.cloud.network.internet_gateways else set()
        awaited = {*route.depends_on, *route.references}
        attaching = [a.id for a in attachments if gateways & set(a.references) and a.stack == route.stack]
        if attaching and not awaited & set(attaching):
            yield Problem(
                route.id,
                route.origin,
                f"`{route.id}` leads to `{min(gateways)}`, but does not wait until `{attaching[0]}` has attached it",
                f"add `DependsOn: {attaching[0]}`",
            )


RULE = Rule(
    title="route may be created before the gateway is attached",
    severity=Severity.LOW,
    why=(
        "A route to an internet gateway can be created only after the gateway is attached to the VPC. CloudFormation"
        " does not know this order unless the route depends on the attachment, and the deployment sometimes fails."
    ),
    instead="Make routes to an internet gateway, and Elastic IPs, depend on the attachment.",
    find=_find,
)
