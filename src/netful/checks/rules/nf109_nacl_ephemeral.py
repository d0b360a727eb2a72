"""NF109: a network ACL blocks packets or their answers: it is stateless, so both directions need a rule (vpc-network §3)."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts, Walked
from netful.checks.facts.proof import denials, denied, problem
from netful.checks.facts.uses import Use
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop


def _find(facts: Facts) -> Iterator[Problem]:
    reported: set[tuple[str, str]] = set()
    for walked, hop in (*denied(facts, _is_acl), *_ways_out(facts)):
        if (walked.function.id, hop.component) not in reported:
            reported.add((walked.function.id, hop.component))
            way = "the answers to" if hop in walked.path.return_hops else "packets from"
            message = f"`{hop.component}` blocks {way} `{walked.function.id}` on the path to {walked.use.destination}"
            yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")


def _is_acl(hop: Hop) -> bool:
    return hop.kind in (HopKind.NACL_OUT, HopKind.NACL_IN)


def _ways_out(facts: Facts) -> Iterator[tuple[Walked, Hop]]:
    """Return the blocked paths to the internet of functions that have a NAT gateway, whatever they use it for."""
    for function in facts.vpc_functions:
        path = facts.path(function.id, "internet") if "private-nat" in facts.kinds_of(function).values() else None
        hop = next((hop for hop in denials(path) if _is_acl(hop)), None) if path else None
        if path and hop:
            use = Use("internet", Certainty.LIKELY, "its subnet has a NAT gateway", function.origin)
            yield Walked(function, use, path), hop


RULE = Rule(
    title="network ACL blocks packets or their answers",
    severity=Severity.HIGH,
    why=(
        "A network ACL is stateless: answers need their own rule, for ports 1024-65535, at every subnet that the "
        "packets cross, including the NAT gateway's. Without it connections are never answered."
    ),
    instead="Allow ports 1024-65535 for the answers, or keep the default ACL and use security groups.",
    find=_find,
)
