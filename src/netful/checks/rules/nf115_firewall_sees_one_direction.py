"""NF115: only one direction of a connection passes a network firewall's endpoint.

The stateful rules of AWS Network Firewall need both directions of a flow at the same endpoint. If the answers return by
another way, or through the endpoint of another zone, the firewall drops the rest of the connection: it is established,
and then nothing comes through.

Instead: Route both directions through the endpoint of one zone: the subnet's route to the endpoint, and a route back in
the route table of the internet gateway (or of the NAT gateway's subnet). `EndpointIds` has no fixed order: choose the
endpoint by its zone.
"""

from netful.checks.facts.proof import denied, problem
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.codes import Code
from netful.model.core import known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP

_MOST_INSTANCES = 8  # whose paths to one another are walked


@Rule.of("only one direction of a connection passes the network firewall", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for walked, hop in denied(facts, Code.NETFUL_FIREWALL_ONE_WAY):
        message = f"`{walked.function.id}` cannot use `{walked.use.destination}`: {hop.rule}"
        yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")
    if facts.cloud.network.firewalls:
        yield from _between_instances(facts)


def _between_instances(facts: Facts) -> Problems:
    """Find the first path of an instance, of one in each subnet, that nothing but a firewall's lack of one direction stops."""
    every = {str(eni.subnet_id): eni for eni in facts.cloud.network.network_interfaces.values() if _is_instance(eni)}
    ends = [*every.values()][:_MOST_INSTANCES]
    reported: set[str] = set()
    for source in ends:
        others = (f"{eni.owner_id}:tcp/{_port(facts, eni)}" for eni in ends if eni is not source)
        for destination, path in facts.blocked(source.owner_id, ("internet:tcp/443", *others)).items():
            stopping = path.denials[0]
            if {hop.code for hop in path.denials} == {
                Code.NETFUL_FIREWALL_ONE_WAY
            } and stopping.component not in reported:
                reported.add(stopping.component)
                message = f"`{source.owner_id}` cannot use `{destination}`: {stopping.rule}"
                hint = path.hint_for(stopping)
                yield Problem(stopping.component, stopping.origin, message, hint, Certainty.LIKELY, path)


def _is_instance(eni: NetworkInterface) -> bool:
    return eni.owner is InterfaceOwner.INSTANCE and isinstance(eni.subnet_id, str)


def _port(facts: Facts, eni: NetworkInterface) -> int:
    """Return the first TCP port that the groups of an interface admit; 443 if they admit all or none."""
    groups = (known_in(facts.cloud.network.security_groups, group) for group in eni.security_group_ids)
    rules = (rule for group in groups if group for rule in group.ingress)
    return next((rule.from_port for rule in rules if rule.ip_protocol == TCP and rule.from_port > 0), 443)
