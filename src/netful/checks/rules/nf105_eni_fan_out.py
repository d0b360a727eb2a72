"""NF105: groups that differ only in name make interfaces that could be shared, or the VPC nears its quota (lambda §1.3)."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.security_groups import PeerKind

QUOTA = 250
_NEAR = 0.8


def _find(facts: Facts) -> Iterator[Problem]:
    yield from _mergeable(facts)
    yield from _near_quota(facts)


def _mergeable(facts: Facts) -> Iterator[Problem]:
    """Functions with the same subnets whose groups let out the same and are named by no other rule."""
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
            yield Problem(
                functions[0].id,
                functions[0].origin,
                f"{names} have {len(sets)} sets of groups that let out the same: {len(sets) * needed} interfaces where {needed} would do",
                "let them share one security group",
                Certainty.PROVEN,
            )


def _referenced(facts: Facts) -> set[object]:
    """The groups that a rule of some group names: they mean something apart from what they let out."""
    rules = (r for group in facts.cloud.network.security_groups.values() for r in (*group.ingress, *group.egress))
    return {rule.peer for rule in rules if rule.peer_kind is PeerKind.GROUP}


def _near_quota(facts: Facts) -> Iterator[Problem]:
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
                f"functions need {count} interfaces in `{vpc_id}`, where the quota is {QUOTA}",
                "share security groups among functions, or ask for a higher quota (L-9FEE3D26)",
                severity=Severity.HIGH,
            )


RULE = Rule(
    id="NF105",
    slug="eni-fan-out",
    title="more interfaces than needed",
    severity=Severity.MEDIUM,
    why=(
        "Lambda makes one interface for each distinct pair of subnet and set of groups, and functions with the same pair "
        "share it. A group for each function, all alike, makes one for each: they take addresses, time to make, and count "
        "toward 250 in a VPC."
    ),
    instead="Give functions that may reach the same things the same security group.",
    find=_find,
)
