"""NF105: equal groups with different names prevent interfaces from being shared, or the VPC is near its quota (lambda §1.3).

Lambda creates one interface for each distinct pair of subnet and set of security groups. Functions with the same pair
share it. Separate but equal groups for each function need an interface each: these take addresses and time to create,
and count toward the quota of 250 in a VPC.

Instead: Give functions that may reach the same destinations the same security group.
"""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.security_groups import PeerKind

QUOTA = 250
_NEAR = 0.8


@Rule.of("more interfaces than needed", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    yield from _mergeable(facts)
    yield from _near_quota(facts)


def _mergeable(facts: Facts) -> Problems:
    """Find functions with the same subnets whose groups have the same egress and are not named by any rule."""
    alike: dict[object, list[Function]] = {}
    referenced = _referenced(facts)
    for function in facts.vpc_functions:
        subnets, groups = facts.subnets_of(function), facts.groups_of(function)
        known = [facts.cloud.network.security_groups.get(group) for group in groups]
        if subnets and groups and all(known) and referenced.isdisjoint(groups):
            rules = frozenset(
                (r.ip_protocol, r.from_port, r.to_port, str(r.peer)) for group in known if group for r in group.egress
            )
            alike.setdefault((frozenset(subnets), rules), []).append(function)
    for functions in alike.values():
        sets = {frozenset(facts.groups_of(function)) for function in functions}
        if len(sets) > 1:
            needed = len(facts.subnets_of(functions[0]))
            names = ", ".join(f"`{function.id}`" for function in functions)
            yield Problem.of(
                functions[0],
                f"{names} have {len(sets)} sets of security groups with equal egress rules: {len(sets) * needed} interfaces where {needed} are enough",
                "give all of them the same security group",
                Certainty.PROVEN,
            )


def _referenced(facts: Facts) -> set[object]:
    """Return the groups that a rule of some group names: their identity matters, not only their egress."""
    rules = (r for group in facts.cloud.network.security_groups.values() for r in (*group.ingress, *group.egress))
    return {rule.peer for rule in rules if rule.peer_kind is PeerKind.GROUP}


def _near_quota(facts: Facts) -> Problems:
    counts: dict[str, int] = {}
    for eni in facts.cloud.network.network_interfaces.values():
        vpc = facts.cloud.network.vpc_of_interface(eni)
        if eni.owner is InterfaceOwner.LAMBDA and vpc:
            counts[vpc.id] = counts.get(vpc.id, 0) + 1
    for vpc_id, count in counts.items():
        if count >= QUOTA * _NEAR:
            yield Problem(
                vpc_id,
                facts.cloud.network.vpcs[vpc_id].origin,
                f"functions need {count} interfaces in `{vpc_id}`; the quota is {QUOTA}",
                "share security groups among functions, or request a higher quota (L-9FEE3D26)",
                severity=Severity.HIGH,
            )
