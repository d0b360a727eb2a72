"""NF737: a security group has more rules than its quota, in which a prefix list counts as all of its entries (vpc-network §1.8, §12).

A security group has at most 60 rules for each direction and address family, unless the account has a higher quota. A
rule with a prefix list counts as many times as the list has entries at most; the managed list of CloudFront,
com.amazonaws.global.cloudfront.origin-facing, counts as 55. Above the quota, the deployment fails with
RulesPerSecurityGroupLimitExceeded.

Instead: Move rules to a further security group, or request a higher quota (L-0EA8095F) before you deploy.
"""

from collections import Counter
from collections.abc import Iterable

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in, whole_number
from netful.model.network.managed_prefix_lists import weight_of
from netful.model.network.security_groups import PeerKind, SecurityGroupRule
from netful.model.network.vpc import PrefixList

QUOTA = 60
_FAMILIES = (4, 6)


@Rule.of("more rules than the quota", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for group in facts.cloud.network.security_groups.values():
        for kind, rules in (("inbound rules", group.ingress), ("outbound rules", group.egress)):
            counted = _counted(facts.cloud, rules)
            family, most = max(counted.items(), key=lambda one: one[1], default=(4, 0))
            if most > QUOTA:
                lists = ", ".join(
                    f"`{name}` counts as {weight}" for name, weight in _weights(facts.cloud, rules).items()
                )
                text = f"`{group.id}` has {most} {kind} for IPv{family}, and the default quota is {QUOTA}"
                hint = "move rules to a further security group, or request a higher quota (L-0EA8095F)"
                yield Problem(group.id, group.origin, f"{text}: {lists}" if lists else text, hint, Certainty.LIKELY)


def _counted(cloud: Cloud, rules: Iterable[SecurityGroupRule]) -> Counter[int]:
    """Return the number of rules for each address family; a rule with a group counts for both.

    What is not known does not count, nor does a rule whose condition is not known: it may exclude another rule.
    """
    found: Counter[int] = Counter()
    resources = cloud.template.resources
    for rule in rules:
        if rule.id in resources and resources[rule.id].is_uncertain:
            continue
        if rule.peer_kind is PeerKind.GROUP:
            found.update(_FAMILIES)
        elif isinstance(rule.peer, str):
            listed = known_in(cloud.network.prefix_lists, rule.peer)
            found.update({_family(cloud, listed): _weight(cloud, listed)} if listed is not None else {})
        elif not isinstance(rule.peer, Unknown):
            found.update((rule.peer.version,))
    return found


def _weights(cloud: Cloud, rules: Iterable[SecurityGroupRule]) -> dict[str, int]:
    named = (known_in(cloud.network.prefix_lists, rule.peer) for rule in rules if isinstance(rule.peer, str))
    return {one.name: weight for one in named if one is not None and (weight := _weight(cloud, one)) > 1}


def _family(cloud: Cloud, listed: PrefixList) -> int:
    """Return the address family of a list, which has one without entries too."""
    own = cloud.template.resources.get(listed.id)
    if own is not None and own.properties.get("AddressFamily") == "IPv6":
        return 6
    return next((block.version for block in listed.cidr_blocks if not isinstance(block, Unknown)), 4)


def _weight(cloud: Cloud, listed: PrefixList) -> int:
    """Return as how many rules a list counts: its weight, its `MaxEntries`, or at least the entries that it has."""
    own = cloud.template.resources.get(listed.id)
    most = whole_number(own.properties.get("MaxEntries"), 0) if own is not None else 0
    return weight_of(listed.name) or max(most, len(listed.cidr_blocks))
