"""NF712: an Allow with a condition on an API that IAM authorizes: callers of the account do not need it (api-gateway §2.6).

Within an account, a request that IAM authorizes needs only one Allow. The caller's own policy is enough, whatever the
conditions of the resource policy are. Only a Deny applies to every caller.

Instead: Write the restriction as a Deny with the inverted condition.
"""

from collections.abc import Mapping

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import Authorization
from netful.model.core import listed


@Rule.of("conditional Allow on an IAM-authorized API", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.rest_apis.values():
        signed = [route for route in api.routes if route.authorization_type == Authorization.AWS_IAM]
        written = api.policy.get("Statement") if isinstance(api.policy, Mapping) else None
        statements = [statement for statement in listed(written) if isinstance(statement, Mapping)]
        fenced = any(statement.get("Effect") == "Allow" and statement.get("Condition") for statement in statements)
        if signed and fenced and not any(statement.get("Effect") == "Deny" for statement in statements):
            route = f"{signed[0].http_method} {signed[0].path}"
            yield Problem.of(
                api,
                f"the policy of `{api.id}` has only a conditional Allow, but `{route}` is authorized by IAM: a role of the account does not need it",
                "deny requests that do not meet the condition: `Effect: Deny` with `StringNotEquals` or `NotIpAddress`",
            )
