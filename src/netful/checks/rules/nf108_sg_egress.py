"""NF108: the function's own groups do not allow egress to a destination that it uses.

A group with its own egress rules allows only the destinations in them. Packets to other destinations are dropped
silently, and the call times out.

Instead: Add an egress rule for the port: to the endpoint's group, to the prefix list of a gateway endpoint, or to the
database's group.
"""

from netful.checks.facts.proof import denied, problem, proxy_before
from netful.checks.rules.rule import Facts, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind


@Rule.of("security group blocks the function's egress", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for walked, hop in denied(facts, HopKind.SG_OUT):
        message = f"`{hop.component}` does not allow egress from `{walked.function.id}` to {walked.use.destination}"
        if proxy := proxy_before(walked, hop):
            message = (
                f"`{hop.component}` does not allow egress from `{proxy}`, which `{walked.function.id}` uses: {hop.rule}"
            )
        yield problem(walked, hop, hop.component, message, cause=f"to {walked.use.destination}")
