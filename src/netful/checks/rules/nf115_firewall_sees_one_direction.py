"""NF115: only one direction of a connection passes a network firewall's endpoint."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.proof import denied, problem
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.codes import Code
from netful.engine.flows.path import Hop


def _find(facts: Facts) -> Iterator[Problem]:
    for walked, hop in denied(facts, _one_way):
        message = f"`{walked.function.id}` cannot use `{walked.use.destination}`: {hop.rule}"
        yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")


def _one_way(hop: Hop) -> bool:
    return hop.code is Code.NETFUL_FIREWALL_ONE_WAY


RULE = Rule(
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
    find=_find,
)
