"""NF703: an API's deployment does not wait for all of its methods, so some may be missing from it.

A deployment contains the methods that exist when it is made. If it does not depend on a method, it may be made first.
The method then returns 403 `Missing Authentication Token`, or the deployment fails because the API has no methods.

Instead: List all methods in the deployment's `DependsOn`, or write the API as an OpenAPI body.
"""

from netful.checks.facts.dependencies import dependency_word
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.apis.deployments import made_before


@Rule.of("deployment does not wait for its methods", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for deployment in facts.cloud.apis.deployments.values():
        resource = facts.cloud.template.resources.get(deployment.id)
        stack = resource.stack if resource else ""  # which alone decides about the order of what is in it
        own = (m for m in facts.cloud.template.of_type("AWS::ApiGateway::Method") if m.stack == stack)
        methods = {m.id for m in own if deployment.api_id in m.references}
        before = made_before(facts.cloud, {*deployment.depends_on, *(resource.references if resource else ())})
        missed = sorted(methods - before)
        later = [name for name in missed if deployment.id in made_before(facts.cloud, (name,))]
        if missed:
            yield Problem.of(
                deployment,
                f"`{deployment.id}` does not wait for {', '.join(f'`{name}`' for name in missed)}, which may be missing from it",
                f"name every method in its `{dependency_word(deployment.id)}`"
                + (f"; first, let {', '.join(f'`{name}`' for name in later)} not wait for it" if later else ""),
            )
