"""NF738: the policy of a resource denies every request of a function that uses it, because of its way (vpc-network §5.4, newer-aws §9).

A policy may deny all requests that do not come through a certain endpoint, from a VPC, or from an address. A function
that goes another way, such as by a NAT gateway or outside of a VPC, gets `AccessDenied` (403) for every call, although
its network and its role are right.

Instead: Give the function the way that the policy admits, or except its role in the statement.
"""

from netful.checks.facts.proof import certainty_of
from netful.checks.facts.uses import named_resources
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.codes import Code


@Rule.of("policy of a resource denies its user", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for function in facts.cloud.compute.functions.values():
        for variable, target in named_resources(facts.cloud, function):
            path = facts.path(function.id, target.id)
            hop = next(iter(path.denials), None) if path is not None else None
            if path is not None and hop is not None and hop.code is Code.NETFUL_RESOURCE_POLICY_DENY:
                message = f"the policy of `{target.id}` denies every request of `{function.id}`: {hop.rule} (`{variable}` names it)"
                yield Problem.of(
                    target,
                    message,
                    path.hint_for(hop),
                    certainty_of(path, Certainty.LIKELY),
                    path,
                    affected=function.id,
                )
