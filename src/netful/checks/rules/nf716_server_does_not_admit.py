"""NF716: the groups of a database, a cache or another server in a VPC do not admit a function that uses it.

A group without a rule for the function's group drops its packets silently, and the call times out. If both have the
same group, this is not enough: a group admits its own members only by a rule.

Instead: Admit the port from the function's group in the server's group.
"""

from netful.checks.facts.proof import denied, problem, proxy_before
from netful.checks.rules.rule import Facts, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind


@Rule.of("server's security group does not admit the function", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for walked, hop in denied(facts, HopKind.SG_IN):
        server = walked.use.destination.partition(":tcp/")[0]
        resource = facts.cloud.template.resources.get(server)
        if walked.use.in_vpc and resource is not None and server not in facts.cloud.network.vpc_endpoints:
            message = f"`{server}` does not admit `{walked.function.id}`: {hop.rule}"
            if proxy := proxy_before(walked, hop):
                message = f"`{hop.component}` does not admit `{proxy}`, which `{walked.function.id}` uses: {hop.rule}"
            group = hop.component if hop.component in facts.cloud.network.security_groups else server
            yield problem(walked, hop, group, message, cause=f"`{server}`")
