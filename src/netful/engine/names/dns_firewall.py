"""Route 53 Resolver DNS Firewall: its ruling on a query, before zones and endpoints are asked (newer-aws §2).

1. Groups come by ascending priority, and the rules of a group too. The first rule that matches ends the walk: ALLOW and ALERT
   let the query pass, BLOCK answers it. Without a match the query passes.
2. Every name of a CNAME chain is judged from the first rule on, unless the rule that matched the first name trusts redirections.
3. A name is assumed not to be in a list that AWS manages, except its names for tests, and not to be detected by AWS's analysis.
4. If a value that the sources lack could change the ruling, it is unknown.

The firewall does not fail here, so `FirewallFailOpen` has no effect.
"""

from collections.abc import Iterator

from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import needs
from netful.engine.flows.truth import some
from netful.engine.names import profiles
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.names.dns_firewall import BlockResponse, FirewallAction, FirewallRule, FirewallRuleGroupAssociation
from netful.model.network.vpc import Vpc

_TEST_NAMES = ".firewall.route53resolver.us-east-1.amazonaws.com"
_TEST_HOSTS = {"controldomain1", "controldomain2", "controldomain3"}
_TEST_LISTS = {
    "malwarelist": "AWSManagedDomainsMalwareDomainList",
    "botnetlist": "AWSManagedDomainsBotnetCommandandControl",
    "aggregatelist": "AWSManagedDomainsAggregateThreatList",
}
_NOT_LOADED = "rules that were not loaded"

Effect = tuple[object, ...]


class FirewallRuling(Frozen):
    """The ruling on a query. `blocked` is the rule that answers it, None if it passes; `missing` if that is not known."""

    rule_group_id: str = ""
    blocked: FirewallRule | None = None
    trusted: bool = False
    assumptions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def judge(cloud: Cloud, vpc: Vpc, host: str, query_type: str) -> FirewallRuling:
    """Return the ruling of a VPC's rule groups on a query."""
    doubtful: list[tuple[FirewallRule, str]] = []
    assumed: list[tuple[FirewallRule, str]] = []
    found = FirewallRuling()
    for group_id, rule, placed in walk(cloud, vpc):
        matching, why = _matches(cloud, group_id, rule, host, query_type)
        if matching is False and why:
            assumed.append((rule, why))
        elif matching is None or (matching and not (placed and _is_known(rule))):
            doubtful.append((rule, why or f"the rules of {group_id}"))
        elif matching:
            found = FirewallRuling(group_id, rule if _effect(rule) else None, rule.trusts_redirection)
            break
    effect = _effect(found.blocked)
    missing = tuple(dict.fromkeys(why for rule, why in doubtful if not _is_known(rule) or _effect(rule) != effect))
    notes = tuple(dict.fromkeys(why for rule, why in assumed if _effect(rule) != effect))
    return FirewallRuling(found.rule_group_id, found.blocked, found.trusted, notes, missing)


def answer_to(cloud: Cloud, name: str, ruling: FirewallRuling) -> DnsAnswer | None:
    """Return the answer without a look-up: to a blocked query, or to one whose ruling is unknown. None for all others."""
    rule, group_id = ruling.blocked, ruling.rule_group_id
    if ruling.missing:
        return DnsAnswer(name, status="UNKNOWN", zone="DNS Firewall", missing=ruling.missing)
    if rule is None or rule.block_response is BlockResponse.OVERRIDE:
        return None
    return DnsAnswer(
        name,
        status="NODATA" if rule.block_response is BlockResponse.NODATA else "NXDOMAIN",
        zone=f"rule {rule.priority} of {group_id} blocks it by {rule.block_response}",
        rule_group_id=group_id,
        code=Code.NETFUL_DNS_FIREWALL_BLOCKED,
        assumptions=ruling.assumptions,
        origin=cloud.names.firewall_rule_groups[group_id].origin,
        remedy=f"allow `{name}` by a rule of `{group_id}` before priority {rule.priority}",
    )


def is_test_name(host: str) -> bool:
    """Return whether AWS lists a name for tests; it has an address where it is not blocked."""
    return bool(_test_list(host))


def _test_list(host: str) -> str:
    """Return the managed list that contains a name for tests, or ""."""
    label, _, kind = host.removesuffix(_TEST_NAMES).partition(".")
    return _TEST_LISTS.get(kind, "") if host.endswith(_TEST_NAMES) and label in _TEST_HOSTS else ""


def walk(cloud: Cloud, vpc: Vpc) -> Iterator[tuple[str, FirewallRule, bool]]:
    """Yield the rules that judge a VPC's queries in their order, and whether that order is certain."""
    for association in sorted(_associations(cloud, vpc), key=lambda each: _place(each.priority)):
        group = known_in(cloud.names.firewall_rule_groups, association.rule_group_id)
        placed = isinstance(association.vpc_id, str) and isinstance(association.priority, int)
        if group is None:
            absent = FirewallRule(association.priority, FirewallAction.BLOCK, detects=_NOT_LOADED)
            yield str(association.rule_group_id), absent, placed
            continue
        for rule in sorted(group.rules, key=lambda each: _place(each.priority)):
            yield group.id, rule, placed and isinstance(rule.priority, int)


def _associations(cloud: Cloud, vpc: Vpc) -> Iterator[FirewallRuleGroupAssociation]:
    """Yield the associations of rule groups with a VPC, by itself and by its Profiles; those that may be with it included."""
    for each in cloud.names.firewall_rule_group_associations.values():
        if each.vpc_id == vpc.id or isinstance(each.vpc_id, Unknown):
            yield each
    for id_, shared in profiles.shared_with(cloud, vpc).items():
        if id_ in cloud.names.firewall_rule_groups:
            yield FirewallRuleGroupAssociation(shared.id, id_, vpc.id, shared.priority, origin=shared.origin)


def _place(priority: Maybe[int]) -> int:
    return priority if isinstance(priority, int) else -1


def _matches(cloud: Cloud, group_id: str, rule: FirewallRule, host: str, query_type: str) -> tuple[bool | None, str]:
    """Return whether a rule matches a query; with it what would settle that, or what is assumed of a rule that does not."""
    if isinstance(rule.query_type, str) and rule.query_type != query_type:
        return False, ""
    if rule.detects:
        return False, f"{rule.detects} in {group_id} do not block {host}"
    matching, why = _lists(cloud, rule, host)
    if matching and isinstance(rule.query_type, Unknown):
        return None, needs(rule.query_type, "")[0]
    return matching, why


def _lists(cloud: Cloud, rule: FirewallRule, host: str) -> tuple[bool | None, str]:
    """Return whether the list of a rule contains a name."""
    listed, list_id = known_in(cloud.names.firewall_domain_lists, rule.domain_list_id), rule.domain_list_id
    if isinstance(list_id, Unknown):
        return None, needs(list_id, "")[0]
    if listed is None:
        settled = rule.action is not FirewallAction.ALLOW and not is_test_name(host)
        if settled:
            return False, f"{host} is not in the list {list_id}, which was not loaded"
        return None, f"whether the list {list_id} contains {host}"
    if listed.managed:
        return _test_list(host) == listed.name, f"{host} is not in AWS's list {listed.name}"
    if isinstance(listed.domains, Unknown):
        return None, needs(listed.domains, "")[0]
    found = some(_covers(entry, host) for entry in listed.domains)
    return found, "" if found is False else f"the domains of {listed.id}"


def _covers(entry: Maybe[str], host: str) -> bool | None:
    if isinstance(entry, Unknown):
        return None
    written = entry.lower().rstrip(".")
    return host.endswith(written[1:]) if written.startswith("*") else host == written


def _is_known(rule: FirewallRule) -> bool:
    return not any(isinstance(each, Unknown) for each in (rule.action, *_response(rule)))


def _response(rule: FirewallRule) -> Effect:
    return (rule.block_response, rule.override_domain) if rule.action is not FirewallAction.ALLOW else ()


def _effect(rule: FirewallRule | None) -> Effect:
    """Return what a rule does to the answer; nothing unless it blocks."""
    return _response(rule) if rule is not None and rule.action is FirewallAction.BLOCK else ()
