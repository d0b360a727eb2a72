"""NF109: a network ACL blocks packets or their answers: it is stateless, so both directions need a rule (vpc-network §3).

A network ACL is stateless: answers need their own rule, for ports 1024-65535, at every subnet that the packets cross,
including the NAT gateway's. Without it connections are never answered.

Instead: Allow ports 1024-65535 for the answers, or keep the default ACL and use security groups.
"""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Walked
from netful.checks.facts.proof import denied, problem
from netful.checks.facts.uses import Use
from netful.checks.rules.rule import Certainty, Facts, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop

_ACLS = (HopKind.NACL_OUT, HopKind.NACL_IN)


@Rule.of("network ACL blocks packets or their answers", Severity.HIGH)
def check(facts: Facts) -> Problems:
    reported: set[tuple[str, str]] = set()
    for walked, hop in (*denied(facts, *_ACLS), *_ways_out(facts)):
        if (walked.function.id, hop.component) not in reported:
            reported.add((walked.function.id, hop.component))
            way = "the answers to" if hop in walked.path.return_hops else "packets from"
            message = f"`{hop.component}` blocks {way} `{walked.function.id}` on the path to {walked.use.destination}"
            yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")


def _ways_out(facts: Facts) -> Iterator[tuple[Walked, Hop]]:
    """Return the blocked paths to the internet of functions that have a NAT gateway, whatever they use it for."""
    for function in facts.vpc_functions:
        path = facts.path(function.id, "internet") if "private-nat" in facts.kinds_of(function).values() else None
        hop = next((hop for hop in path.denials if hop.kind in _ACLS), None) if path else None
        if path and hop:
            use = Use("internet", Certainty.LIKELY, "its subnet has a NAT gateway", function.origin)
            yield Walked(function, use, path), hop
