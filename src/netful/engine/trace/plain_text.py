"""Plain HTTP from a load balancer to the TLS port of an interface endpoint: a target group's protocol is not its port's."""

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, denied
from netful.engine.flows.kinds import HopKind
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.load_balancers.error_pages import page
from netful.engine.network.packet import Journey
from netful.model.cloud import Cloud

_TLS = 443
_BAD_GATEWAY = GatewayAnswer(502, page(502))


def judge(cloud: Cloud, journey: Journey) -> tuple[Finding, ...]:
    """Return a refusal if a load balancer sends plain HTTP to a port where a service of AWS expects TLS."""
    endpoint = cloud.network.vpc_endpoints.get(journey.endpoint_id or "")
    flow = journey.flow
    if journey.secure is not False or not journey.balancers or endpoint is None or not endpoint.service or flow is None:
        return ()
    if flow.destination.ports.first != _TLS:
        return ()
    remedy = "set the `Protocol` of the target group to HTTPS"
    rule = f"expects TLS at tcp/{_TLS}, and gets plain HTTP"
    return (denied(HopKind.TLS, flow, endpoint, rule, Code.NETFUL_TLS_PROTOCOL, remedy, answer=_BAD_GATEWAY),)
