"""NF719: a rule of DNS Firewall that no query reaches, because an earlier one matches first (newer-aws §2.2).

The first rule that matches a query ends the walk, whatever its action is. A broad `ALLOW` or `ALERT` of a lower
priority number therefore hides a `BLOCK` after it, and a broad `BLOCK` hides an `ALLOW`.

Instead: Give narrow rules lower priority numbers than broad ones, and end a walled garden with `BLOCK` of `*`.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.names import dns_firewall
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in
from netful.model.names.dns_firewall import FirewallAction, FirewallRule
from netful.model.network.vpc import Vpc

Entries = tuple[Maybe[str], ...]
_Placed = tuple[str, FirewallRule]
"""A rule with its group."""


@Rule.of("DNS Firewall rule that no query reaches", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    walks = [walk for vpc in facts.cloud.network.vpcs.values() for walk in _walked(facts.cloud, vpc)]
    reached = {(group_id, rule.priority) for group_id, rule, hiding in walks if hiding is None}
    found: dict[tuple[str, object], Problem] = {}
    for group_id, rule, hiding in walks:
        key = group_id, rule.priority
        if hiding is not None and key not in reached and hiding[1].action is not rule.action:
            found.setdefault(key, _problem(group_id, rule, *hiding))
    yield from found.values()


def _problem(group_id: str, hidden: FirewallRule, first_id: str, first: FirewallRule) -> Problem:
    message = (
        f"rule {hidden.priority} of `{group_id}` ({hidden.action}) is never reached:"
        f" rule {first.priority} of `{first_id}` ({first.action}) matches its names first"
    )
    earlier = f"give rule {hidden.priority} a lower priority number than {first.priority}"
    if first_id != group_id:
        earlier = f"associate `{group_id}` with a lower priority number than `{first_id}`"
    return Problem(group_id, hidden.origin, message, f"{earlier}, or narrow the list of that one")


def _walked(cloud: Cloud, vpc: Vpc) -> Iterator[tuple[str, FirewallRule, _Placed | None]]:
    """Yield each rule that judges a VPC's queries, with the earlier one that hides it; None if it is reached, or may be."""
    earlier: list[_Placed] = []
    for group_id, rule, placed in dns_firewall.walk(cloud, vpc):
        hiding = next((each for each in earlier if _hides(cloud, each[1], rule)), None) if placed else None
        yield group_id, rule, hiding
        if placed:
            earlier.append((group_id, rule))


def _hides(cloud: Cloud, first: FirewallRule, second: FirewallRule) -> bool:
    same_type = first.query_type is None or first.query_type == second.query_type
    if isinstance(first.action, Unknown) or not isinstance(second.action, FirewallAction) or not same_type:
        return False
    wide, narrow = _entries(cloud, first), _entries(cloud, second)
    return bool(narrow) and all(any(_covers(one, other) for one in wide) for other in narrow)


def _entries(cloud: Cloud, rule: FirewallRule) -> Entries:
    listed = known_in(cloud.names.firewall_domain_lists, rule.domain_list_id)
    return () if listed is None or isinstance(listed.domains, Unknown) else listed.domains


def _covers(wide: Maybe[str], narrow: Maybe[str]) -> bool:
    """Return whether an entry of a list contains all names of another."""
    if isinstance(wide, Unknown) or isinstance(narrow, Unknown):
        return False
    one, other = (text.lower().rstrip(".") for text in (wide, narrow))
    return one in (other, "*") or (one.startswith("*.") and other.endswith(one[1:]))
