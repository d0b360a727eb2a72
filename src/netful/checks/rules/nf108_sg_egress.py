"""NF108: the function's own groups do not allow egress to a destination that it uses."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.proof import denied, problem
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop


def _find(facts: Facts) -> Iterator[Problem]:
    for walked, hop in denied(facts, _at_the_way_out):
        message = f"`{hop.component}` does not allow egress from `{walked.function.id}` to {walked.use.destination}"
        yield problem(walked, hop, hop.component, message, cause=f"to {walked.use.destination}")


def _at_the_way_out(hop: Hop) -> bool:
    return hop.kind == HopKind.SG_OUT


RULE = Rule(
    title="security group blocks the function's egress",
    severity=Severity.HIGH,
    why=(
        "A group with its own egress rules allows only the destinations in them. Packets to other destinations are "
        "dropped silently, and the call times out."
    ),
    instead="Add an egress rule for the port: to the endpoint's group, to the prefix list of a gateway endpoint, or to the database's group.",
    find=_find,
)
