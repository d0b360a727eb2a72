"""NF712: an Allow with a condition on an API that IAM authorizes: callers of the account do not need it (api-gateway §2.6)."""

from collections.abc import Iterator, Mapping

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.apis.api import Authorization
from netful.model.core.json_values import listed


def _find(facts: Facts) -> Iterator[Problem]:
    for api in facts.cloud.apis.rest_apis.values():
        signed = [route for route in api.routes if route.authorization_type == Authorization.AWS_IAM]
        written = api.policy.get("Statement") if isinstance(api.policy, Mapping) else None
        statements = [statement for statement in listed(written) if isinstance(statement, Mapping)]
        fenced = any(statement.get("Effect") == "Allow" and statement.get("Condition") for statement in statements)
        if signed and fenced and not any(statement.get("Effect") == "Deny" for statement in statements):
            route = f"{signed[0].http_method} {signed[0].path}"
            yield Problem(
                api.id,
                api.origin,
                f"the policy of `{api.id}` has only a conditional Allow, but `{route}` is authorized by IAM: a role of the account does not need it",
                "deny requests that do not meet the condition: `Effect: Deny` with `StringNotEquals` or `NotIpAddress`",
            )


RULE = Rule(
    title="conditional Allow on an IAM-authorized API",
    severity=Severity.HIGH,
    why=(
        "Within an account, a request that IAM authorizes needs only one Allow. The caller's own policy is enough, "
        "whatever the conditions of the resource policy are. Only a Deny applies to every caller."
    ),
    instead="Write the restriction as a Deny with the inverted condition.",
    find=_find,
)
