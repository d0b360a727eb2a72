"""NF713: a load balancer that faces the internet accepts requests without TLS.

Without TLS, anyone on the path can read and change the traffic, including cookies and tokens.

Instead: Serve HTTPS, and redirect HTTP to it.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.balancing.load_balancers import LoadBalancerType


@Rule.of("internet-facing listener without TLS", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for listener in facts.cloud.balancing.listeners.values():
        balancer = facts.cloud.balancing.load_balancers.get(str(listener.load_balancer_id))
        redirects = bool(listener.default_actions) and all(a.type == "redirect" for a in listener.default_actions)
        if balancer and not balancer.internal and listener.protocol == "HTTP" and not redirects:
            yield Problem(
                balancer.id if balancer.type is LoadBalancerType.CLASSIC else listener.id,
                listener.origin,
                f"port {listener.port} of the internet-facing `{balancer.id}` accepts requests without TLS",
                "add an HTTPS listener with a certificate, and redirect the HTTP listener to it",
            )
