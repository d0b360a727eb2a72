"""NF710: a deployed resource or output refers to a resource whose condition is false.

CloudFormation rejects a template in which a deployed resource or output refers to one that its condition excludes.

Instead: Give both the same condition, or wrap the reference in `Fn::If`.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of("reference to a resource that is not deployed", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    for dangling in facts.cloud.template.dangling_references:
        yield Problem(
            dangling.owner,
            dangling.origin,
            f"`{dangling.owner}` refers to `{dangling.target}`, which is not deployed: its condition `{dangling.condition}` is false",
            f"give it the condition `{dangling.condition}` too, or use `Fn::If`",
        )
