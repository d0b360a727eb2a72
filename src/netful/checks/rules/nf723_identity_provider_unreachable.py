"""NF723: a load balancer does not reach the identity provider that its listener needs (newer-aws §11.1).

A load balancer that signs clients in or validates tokens calls the identity provider itself, by IPv4 and from its own
nodes. An internal one has no public address: without a NAT gateway, or with a security group that lets nothing out, no
sign-in completes and every request gets a 500.

Instead: Give the load balancer's subnets a route to a NAT gateway, and let its security group out to port 443.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.load_balancers.authentication import called
from netful.model.balancing.load_balancers import Action, LoadBalancer, LoadBalancerType
from netful.model.core import Origin


@Rule.of("load balancer does not reach the identity provider", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for balancer in facts.cloud.balancing.load_balancers.values():
        if balancer.type is LoadBalancerType.APPLICATION:
            asked = {url: (holder, origin) for action, holder, origin in _actions(facts, balancer)
                     for url in called(facts.cloud, action)}  # fmt: skip
            for url, path in facts.blocked(balancer.id, asked).items():
                hop, (holder, origin) = path.denials[0], asked[url]
                message = f"`{balancer.id}` does not reach {url}, which `{holder}` needs: {hop.rule}"
                yield Problem(holder, origin, message, path.hint_for(hop), path=path, cause=f"`{balancer.id}`")


def _actions(facts: Facts, balancer: LoadBalancer) -> Iterator[tuple[Action, str, Origin]]:
    for listener in facts.cloud.balancing.listeners_of(balancer.id):
        for action in listener.default_actions:
            yield action, listener.id, listener.origin
        for rule in facts.cloud.balancing.rules_of(listener.id):
            for action in rule.actions:
                yield action, rule.id, rule.origin
