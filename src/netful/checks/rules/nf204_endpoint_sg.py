"""NF204: an interface endpoint's groups do not admit a function that uses its service.

An interface endpoint is an interface with its own security groups. With private DNS the service's name leads to it. If
the groups do not admit port 443 from the function, every call to the service times out, even if a NAT gateway could
reach the service.

Instead: Admit tcp/443 from the function's group in the endpoint's group.
"""

from netful.checks.facts.proof import denied, problem
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.filters import security_groups
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.names.endpoint_names import service_of
from netful.model.core import Unknown, known_in
from netful.model.names.service_names import endpoint_ports
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

_HTTP = 80


@Rule.of("endpoint's security group does not admit the function", Severity.HIGH)
def check(facts: Facts) -> Problems:
    reported: set[str] = set()
    for walked, hop in denied(facts, HopKind.SG_IN):
        endpoint = None if walked.use.in_vpc else _endpoint_of(facts, hop, walked.use.service)
        if endpoint is not None:
            reported.add(endpoint.id)
            message = f"`{endpoint.id}` does not admit `{walked.function.id}`: {hop.rule}"
            yield problem(walked, hop, endpoint.id, message, cause=f"`{endpoint.id}`")
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        ports = _serving(facts, endpoint)
        if endpoint.id not in reported and ports and _admits_none(facts, endpoint, ports):
            named = ", ".join(str(port) for port in ports)
            group, asks, clients = endpoint.security_group_ids[0], f"tcp/{ports[-1]}", _clients(facts, endpoint)
            yield Problem.of(
                endpoint,
                f"no security group of `{endpoint.id}` admits port {named}, so no client can use it",
                f"let `{group}` admit {asks} from {clients}",
            )


def _clients(facts: Facts, endpoint: VpcEndpoint) -> str:
    """Return the block of an endpoint's VPC, or the VPC's id."""
    vpc = known_in(facts.cloud.network.vpcs, endpoint.vpc_id)
    return str(vpc.cidr_blocks[0]) if vpc and not isinstance(vpc.cidr_blocks[0], Unknown) else str(endpoint.vpc_id)


def _serving(facts: Facts, endpoint: VpcEndpoint) -> tuple[int, ...]:
    """Return the ports at which clients use an endpoint: those of AWS's service, or the listeners of another's; none if unknown."""
    if endpoint.service:
        return tuple(port for port in endpoint_ports(endpoint.service) if port != _HTTP)
    offered = service_of(facts.cloud, endpoint)
    balancers = offered.load_balancer_ids if offered else ()
    listeners = [one.port for each in balancers for one in facts.cloud.balancing.listeners_of(str(each))]
    ports = tuple(port for port in listeners if isinstance(port, int))
    return ports if len(ports) == len(listeners) else ()


def _endpoint_of(facts: Facts, hop: Hop, service: str) -> VpcEndpoint | None:
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        places = (*(str(g) for g in endpoint.security_group_ids), endpoint.id)
        if any(group in hop.component for group in places) and service in ("", endpoint.service):
            return endpoint
    return None


def _admits_none(facts: Facts, endpoint: VpcEndpoint, ports: tuple[int, ...]) -> bool:
    """Return whether the groups of an interface endpoint are known, and none has a rule for one of the ports."""
    found = [facts.cloud.network.security_groups.get(str(group)) for group in endpoint.security_group_ids]
    groups = [one for one in found if one is not None]
    if endpoint.type is not EndpointType.INTERFACE or not groups or len(groups) < len(found):
        return False
    possible = (one.rule for one in security_groups.unplaced(facts.cloud, groups, "in"))
    rules = [*possible, *(rule for group in groups for rule in group.ingress)]
    spans = [(0, 0xFFFF) if rule.ip_protocol == ALL_PROTOCOLS else (rule.from_port, rule.to_port) for rule in rules]
    return not any(first <= port <= last for first, last in spans for port in ports)
