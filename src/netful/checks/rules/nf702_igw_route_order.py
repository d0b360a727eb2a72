"""NF702: a route to an internet gateway does not wait for the gateway's attachment."""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of(
    title="route may be created before the gateway is attached",
    severity=Severity.LOW,
    why=(
        "A route to an internet gateway can be created only after the gateway is attached to the VPC. CloudFormation"
        " does not know this order unless the route depends on the attachment, and the deployment sometimes fails."
    ),
    instead="Make routes to an internet gateway, and Elastic IPs, depend on the attachment.",
)
def check(facts: Facts) -> Problems:
    attachments = [*facts.of_type("AWS::EC2::VPCGatewayAttachment")]
    for route in facts.of_type("AWS::EC2::Route"):
        target = facts.cloud.named(str(route.properties.get("GatewayId")))
        gateways = {target} if target in facts.cloud.network.internet_gateways else set()
        awaited = {*route.depends_on, *route.references}
        attaching = [a.id for a in attachments if gateways & set(a.references) and a.stack == route.stack]
        if attaching and not awaited & set(attaching):
            yield Problem.of(
                route,
                f"`{route.id}` leads to `{min(gateways)}`, but does not wait until `{attaching[0]}` has attached it",
                f"add `DependsOn: {attaching[0]}`",
            )
