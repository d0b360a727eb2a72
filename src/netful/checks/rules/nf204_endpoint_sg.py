"""NF204: an interface endpoint's groups do not admit a function that uses its service."""

from netful.checks.facts.proof import denied, problem
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.filters import security_groups
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

_HTTPS = 443


@Rule.of(
    title="endpoint's security group does not admit the function",
    severity=Severity.HIGH,
    why=(
        "An interface endpoint is an interface with its own security groups. With private DNS the service's name "
        "leads to it. If the groups do not admit port 443 from the function, every call to the service times out, "
        "even if a NAT gateway could reach the service."
    ),
    instead="Admit tcp/443 from the function's group in the endpoint's group.",
)
def check(facts: Facts) -> Problems:
    reported: set[str] = set()
    for walked, hop in denied(facts, HopKind.SG_IN):
        endpoint = None if walked.use.in_vpc else _endpoint_of(facts, hop, walked.use.service)
        if endpoint is not None:
            reported.add(endpoint.id)
            message = f"`{endpoint.id}` does not admit `{walked.function.id}`: {hop.rule}"
            yield problem(walked, hop, endpoint.id, message, cause=f"`{endpoint.id}`")
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        if endpoint.id not in reported and _admits_no_https(facts, endpoint):
            yield Problem.of(
                endpoint,
                f"no security group of `{endpoint.id}` admits port {_HTTPS}, so no client can use it",
                "add an ingress rule for tcp/443 from the callers' group or the VPC's block",
            )


def _endpoint_of(facts: Facts, hop: Hop, service: str) -> VpcEndpoint | None:
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        places = (*(str(g) for g in endpoint.security_group_ids), endpoint.id)
        if any(group in hop.component for group in places) and service in ("", endpoint.service):
            return endpoint
    return None


def _admits_no_https(facts: Facts, endpoint: VpcEndpoint) -> bool:
    found = [facts.cloud.network.security_groups.get(str(group)) for group in endpoint.security_group_ids]
    groups = [one for one in found if one is not None]
    if endpoint.type is not EndpointType.INTERFACE or not groups or len(groups) < len(found):
        return False
    possible = (one.rule for one in security_groups.unplaced(facts.cloud, groups, "in"))
    rules = [*possible, *(rule for group in groups for rule in group.ingress)]
    return not any(rule.ip_protocol == ALL_PROTOCOLS or rule.from_port <= _HTTPS <= rule.to_port for rule in rules)
