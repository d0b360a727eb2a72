"""NF710: a deployed resource or output refers to a resource whose condition is false."""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule


def _find(facts: Facts) -> Iterator[Problem]:
    for dangling in facts.cloud.template.dangling_references:
        yield Problem(
            dangling.owner,
            dangling.origin,
            f"`{dangling.owner}` refers to `{dangling.target}`, which is not deployed: its condition `{dangling.condition}` is false",
            f"give it the condition `{dangling.condition}` too, or use `Fn::If`",
        )


RULE = Rule(
    title="reference to a resource that is not deployed",
    severity=Severity.CRITICAL,
    why=(
        "CloudFormation rejects a template in which a deployed resource or output refers to one that its condition "
        "excludes."
    ),
    instead="Give both the same condition, or wrap the reference in `Fn::If`.",
    find=_find,
)
