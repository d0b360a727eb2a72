"""NF115: only one direction of a connection passes a network firewall's endpoint."""

from netful.checks.facts.proof import denied, problem
from netful.checks.rules.rule import Facts, Problems, Rule, Severity
from netful.engine.flows.codes import Code


@Rule.of(
    title="only one direction of a connection passes the network firewall",
    severity=Severity.HIGH,
    why=(
        "The stateful rules of AWS Network Firewall need both directions of a flow at the same endpoint. If the answers"
        " return by another way, or through the endpoint of another zone, the firewall drops the rest of the connection:"
        " it is established, and then nothing comes through."
    ),
    instead=(
        "Route both directions through the endpoint of one zone: the subnet's route to the endpoint, and a route back in"
        " the route table of the internet gateway (or of the NAT gateway's subnet). `EndpointIds` has no fixed order:"
        " choose the endpoint by its zone."
    ),
)
def check(facts: Facts) -> Problems:
    for walked, hop in denied(facts, Code.NETFUL_FIREWALL_ONE_WAY):
        message = f"`{walked.function.id}` cannot use `{walked.use.destination}`: {hop.rule}"
        yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")
