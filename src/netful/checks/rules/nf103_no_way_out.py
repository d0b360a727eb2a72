"""NF103: a function uses a destination to which its subnet has no path.

The function's route table leads neither to a NAT gateway nor to an endpoint for the destination. The packets are
dropped silently, and the function ends with `Task timed out`.

Instead: Add an endpoint for the service, or a default route to a NAT gateway in a public subnet.
"""

from netful.checks.facts.apis import calls_of
from netful.checks.facts.proof import denied, problem
from netful.checks.rules.rule import Facts, Problems, Rule, Severity
from netful.engine.flows.codes import Code
from netful.model.names.service_names import GATEWAY_SERVICES

_CODES = (
    Code.NO_ROUTE_TO_DESTINATION,
    Code.BAD_STATE_ROUTE,
    Code.BAD_STATE_ATTACHMENT,
    Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED,
    Code.NETFUL_NAT_IN_PRIVATE_SUBNET,
    Code.NETFUL_NAT_SAME_SUBNET_LOOP,
    Code.NETFUL_EIGW_IPV4,
    Code.NETFUL_DNS_NXDOMAIN,
    Code.NETFUL_DNS_NO_RESOLVER,
    Code.NETFUL_DNS_QUERY_LOST,
    Code.NETFUL_FUNCTION_OUTSIDE_VPC,
    Code.NETFUL_DNS_FIREWALL_BLOCKED,
)


@Rule.of("no path to a destination in use", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    for walked, hop in denied(facts, *_CODES):
        service, vpc_id = walked.use.service, facts.vpc_of(walked.function)
        if service in GATEWAY_SERVICES and any(
            e.service == service for e in facts.cloud.network.endpoints_of(vpc_id or "")
        ):
            continue  # the endpoint exists but is not routed: NF203
        if any(call.use == walked.use and call.api and call.api.private for call in calls_of(facts, walked.function)):
            continue  # NF303 checks the name
        message = f"`{walked.function.id}` cannot reach {walked.use.destination}: {hop.rule}"
        yield problem(walked, hop, walked.function.id, message, cause=f"`{hop.component}`, {hop.code}")
