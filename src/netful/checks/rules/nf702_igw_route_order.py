"""NF702: a route to a gateway, or the propagation of its routes, does not wait for the gateway's attachment.

A route to an internet gateway, a virtual private gateway or a transit gateway can be created only after the gateway is
attached to the VPC. CloudFormation does not know this order unless the route depends on the attachment, and the
deployment sometimes fails.

Instead: Make routes to a gateway, the propagation of its routes, and Elastic IPs, depend on the attachment.
"""

from collections.abc import Iterator

from netful.checks.facts.dependencies import dependency_on
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.apis.deployments import made_before
from netful.model.core import Resource, known_in

_GATEWAYS = {
    "AWS::EC2::Route": ("GatewayId", "TransitGatewayId"),
    "AWS::EC2::VPNGatewayRoutePropagation": ("VpnGatewayId",),
}
"""The properties that name a gateway, by type."""
_OF_ONE_VPC = "AWS::EC2::VPCGatewayAttachment"
_ATTACHMENTS = (
    _OF_ONE_VPC,
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment",
)


@Rule.of("route may be created before the gateway is attached", Severity.LOW)
def check(facts: Facts) -> Problems:
    attachments = [*facts.cloud.template.of_type(*_ATTACHMENTS)]
    for route in facts.cloud.template.of_type(*_GATEWAYS):
        gateway = next(_gateways(facts, route), None)
        attaching = [a.id for a in attachments if gateway in a.references and _is_beside(facts, a, route)]
        awaited = made_before(facts.cloud, (*route.depends_on, *route.references))
        if attaching and not awaited & set(attaching):
            yield Problem.of(
                route,
                f"`{route.id}` leads to `{gateway}`, but does not wait until `{attaching[0]}` has attached it",
                f"add {dependency_on(attaching[0])}",
            )


def _gateways(facts: Facts, route: Resource) -> Iterator[str]:
    """Yield the loaded gateways that a route names."""
    network = facts.cloud.network
    loaded = network.internet_gateways.keys() | network.vpn_gateways.keys() | network.transit_gateways.keys()
    names = (facts.cloud.named(str(route.properties.get(name))) for name in _GATEWAYS[route.type])
    return (name for name in names if name in loaded)


def _is_beside(facts: Facts, attachment: Resource, route: Resource) -> bool:
    """Return whether an attachment is in the stack of a route, and surely of the VPC of its table. A transit gateway has several VPCs."""
    table = known_in(facts.cloud.network.route_tables, facts.cloud.named(str(route.properties.get("RouteTableId"))))
    here, there = attachment.properties.get("VpcId"), table.vpc_id if table else None
    both = isinstance(here, str) and isinstance(there, str)
    is_same = facts.cloud.named(str(here)) == there if both else attachment.type == _OF_ONE_VPC
    return attachment.stack == route.stack and is_same
