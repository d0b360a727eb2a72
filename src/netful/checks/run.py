"""Execution of the rules over a cloud: findings, worst first, without those that a comment silences."""

from collections.abc import Iterable, Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Finding, Problem
from netful.checks.findings.ignores import Ignore, ignores_of, split
from netful.checks.registry import all_rules
from netful.checks.rules.rule import Rule


def check(facts: Facts, rules: Iterable[Rule] | None = None) -> tuple[Finding, ...]:
    """Return the findings of some rules, or of all."""
    chosen = tuple(all_rules().values() if rules is None else rules)
    found = dict.fromkeys(finding for rule in chosen for finding in rule.findings(facts))
    kept, unused = split(found, ignores_of(facts.cloud), facts.cloud)
    return ordered((*kept, *_unused(unused, chosen)))


def regressions(old: Facts, new: Facts, rules: Iterable[Rule] | None = None) -> tuple[Finding, ...]:
    """Return the findings of the rules that compare two versions."""
    chosen = tuple(all_rules().values() if rules is None else rules)
    found = (finding for rule in chosen for finding in rule.regressions(old, new))
    return ordered(split(found, ignores_of(new.cloud), new.cloud)[0])


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: worst first, then by id and place."""
    return tuple(sorted(findings, key=lambda f: (-f.severity.rank, f.id, f.origin, f.message)))


def _unused(ignores: Iterable[Ignore], chosen: tuple[Rule, ...]) -> Iterator[Finding]:
    """Return a finding for each comment that silences nothing, if the rule it names was run."""
    rule = all_rules()["NF001"]
    asked = {rule.id for rule in chosen if rule.compare is None}
    return rule.signed(
        _useless(one) for one in ignores if rule in chosen and (one.id in asked or one.id not in all_rules())
    )


def _useless(ignore: Ignore) -> Problem:
    what = "finds nothing here" if ignore.id in all_rules() else "is not a check"
    return Problem(
        ignore.id, ignore.origin, f"`{ignore.id}` {what}, so this comment silences nothing", "remove the comment"
    )
