"""NF108: the function's own groups do not let it out to what it uses."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.proof import denied, problem
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop


def _find(facts: Facts) -> Iterator[Problem]:
    for walked, hop in denied(facts, _at_the_way_out):
        message = f"`{hop.component}` does not let `{walked.function.id}` out to {walked.use.destination}"
        yield problem(walked, hop, hop.component, message)


def _at_the_way_out(hop: Hop) -> bool:
    return hop.kind == HopKind.SG_OUT


RULE = Rule(
    id="NF108",
    slug="sg-egress",
    title="security group does not let the function out",
    severity=Severity.HIGH,
    why=(
        "A group with egress rules of its own lets out only what they name. What the function calls is not among it: "
        "the packets are dropped in silence, and the call times out."
    ),
    instead="Add an egress rule for the port: to the endpoint's group, to the prefix list of a gateway endpoint, or to the database's group.",
    find=_find,
)
