"""NF716: the groups of a database, a cache or another server in a VPC do not admit a function that uses it."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.proof import denied, problem
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop


def _find(facts: Facts) -> Iterator[Problem]:
    for walked, hop in denied(facts, _at_the_way_in):
        server = walked.use.destination.partition(":tcp/")[0]
        resource = facts.cloud.template.resources.get(server)
        if walked.use.in_vpc and resource is not None and server not in facts.cloud.network.vpc_endpoints:
            message = f"`{server}` does not admit `{walked.function.id}`: {hop.rule}"
            group = hop.component if hop.component in facts.cloud.network.security_groups else server
            yield problem(walked, hop, group, message, cause=f"`{server}`")


def _at_the_way_in(hop: Hop) -> bool:
    return hop.kind == HopKind.SG_IN


RULE = Rule(
    title="server's security group does not admit the function",
    severity=Severity.HIGH,
    why=(
        "A group without a rule for the function's group drops its packets silently, and the call times out. If both"
        " have the same group, this is not enough: a group admits its own members only by a rule."
    ),
    instead="Admit the port from the function's group in the server's group.",
    find=_find,
)
