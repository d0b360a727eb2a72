"""NF724: a listener requires client certificates, and another one of the load balancer forwards without (newer-aws §11.1).

Mutual TLS is a setting of one listener. Another listener of the same load balancer, such as the one for HTTP, forwards
to the same targets without a certificate.

Instead: Require certificates at every listener that forwards to these targets, and redirect from the HTTP listener.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.balancing.load_balancers import Listener
from netful.model.balancing.mutual_authentication import Mode
from netful.model.cloud import Cloud


@Rule.of("another listener bypasses mutual TLS", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for balancer in facts.cloud.balancing.load_balancers.values():
        own = facts.cloud.balancing.listeners_of(balancer.id)
        for fenced in (one for one in own if one.mutual_authentication.mode == Mode.VERIFY):
            for other in (one for one in own if one.mutual_authentication.mode == Mode.OFF):
                shared = _groups(facts.cloud, fenced) & _groups(facts.cloud, other)
                if shared:
                    yield Problem.of(
                        other,
                        f"`{fenced.id}` requires a certificate from clients, but `{other.id}` forwards to `{min(shared)}` without one",
                        f"set `MutualAuthentication` on `{other.id}` too, or make it redirect to `{fenced.id}`",
                        cause=f"`{balancer.id}`",
                    )


def _groups(cloud: Cloud, listener: Listener) -> set[str]:
    actions = cloud.balancing.every_action_of(listener)
    return {id_ for action in actions for id_ in action.target_group_ids if isinstance(id_, str)}
