"""NF721: a routing rule of a custom domain that no request uses (newer-aws §4.1).

A custom domain uses its routing rules only if its `RoutingMode` says so; the default is mappings alone. Of its rules
the first one that matches decides, by ascending priority, so a rule without conditions hides all later ones.

Instead: Set `RoutingMode`, and give a rule that catches all requests the highest priority number.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.names.api_names import rules_of
from netful.model.apis.domain import RoutingMode, RoutingRule


@Rule.of("routing rule that no request uses", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for domain in facts.cloud.apis.domain_names.values():
        rules = [rule for rule in rules_of(facts.cloud, domain) if isinstance(rule.priority, int)]
        if rules and domain.routing_mode is RoutingMode.MAPPING_ONLY:
            names = ", ".join(f"`{rule.id}`" for rule in rules)
            yield Problem.of(
                domain,
                f"`{domain.id}` ignores its routing rules ({names}): its `RoutingMode` uses mappings alone",
                f"set `RoutingMode` of `{domain.id}` to `ROUTING_RULE_ONLY` or to one that begins with `ROUTING_RULE_THEN`",
            )
            continue
        yield from _hidden(sorted(rules, key=_priority))


def _priority(rule: RoutingRule) -> int:
    return rule.priority if isinstance(rule.priority, int) else 0


def _hidden(rules: list[RoutingRule]) -> Problems:
    for place, rule in enumerate(rules):
        hiding = next((first for first in rules[:place] if _is_wider(first, rule)), None)
        if hiding is not None:
            yield Problem.of(
                rule,
                f"`{rule.id}` is never used: `{hiding.id}` with priority {hiding.priority} matches its requests first",
                f"give `{rule.id}` a lower priority number than {hiding.priority}",
            )


def _is_wider(first: RoutingRule, second: RoutingRule) -> bool:
    """Return whether every condition of a rule is one of another's, so that it matches whatever that one matches."""
    return all(condition in second.conditions for condition in first.conditions)
