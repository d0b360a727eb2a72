"""NF710: a deployed resource or output refers to a resource whose condition is false."""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of(
    title="reference to a resource that is not deployed",
    severity=Severity.CRITICAL,
    why=(
        "CloudFormation rejects a template in which a deployed resource or output refers to one that its condition "
        "excludes."
    ),
    instead="Give both the same condition, or wrap the reference in `Fn::If`.",
)
def check(facts: Facts) -> Problems:
    for dangling in facts.cloud.template.dangling_references:
        yield Problem(
            dangling.owner,
            dangling.origin,
            f"`{dangling.owner}` refers to `{dangling.target}`, which is not deployed: its condition `{dangling.condition}` is false",
            f"give it the condition `{dangling.condition}` too, or use `Fn::If`",
        )
