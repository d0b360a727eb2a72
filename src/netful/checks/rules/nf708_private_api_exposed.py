"""NF708: a private API is behind a load balancer that faces the internet.

For the API every request comes from the load balancer through the endpoint that its policy admits. The policy cannot
see the original sender: the API is as open as the load balancer.

Instead: Use an internal load balancer, or authorize every method.
"""

from netful.checks.facts.execute_api_fronts import fronts
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of("private API behind an internet-facing load balancer", Severity.HIGH)
def check(facts: Facts) -> Problems:
    private = [api.id for api in facts.cloud.apis.rest_apis.values() if api.private]
    for front in fronts(facts):
        if not front.balancer.internal:
            what = f"the private API `{private[0]}`" if private else f"the private APIs behind `{front.endpoint.id}`"
            yield Problem.of(
                front.balancer,
                f"`{front.balancer.id}` faces the internet and leads to {what}",
                "set `Scheme: internal`, or make the API regional with a resource policy and authorization",
                front.certainty,
            )
