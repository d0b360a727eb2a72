"""NF714: a service may invoke a function for any account: the permission names no source.

A permission for a service applies to that service in every account. Anyone who knows the function's ARN can make the
service invoke it.

Instead: Name the caller in `SourceArn`. For a bucket, whose ARN does not contain the account, set `SourceAccount` too.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity

_SOURCES = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")
_SHARED = ("elasticloadbalancing", "apigateway", "s3", "sns", "events", "iot", "logs", "ses", "cognito-idp")


@Rule.of("permission names no source", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for permission in facts.cloud.template.of_type("AWS::Lambda::Permission"):
        principal = permission.properties.get("Principal")
        service = principal.partition(".")[0] if isinstance(principal, str) else ""
        if service in _SHARED and not any(name in permission.properties for name in _SOURCES):
            yield Problem(
                permission.id,
                permission.origin_of("Principal"),
                f"`{permission.id}` allows {service} to invoke the function for any account: it names no source",
                "add `SourceArn` with the ARN of the caller",
            )
