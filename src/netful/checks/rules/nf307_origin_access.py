"""NF307: a bucket or a function URL does not admit the requests of the distribution before it (newer-aws §12)."""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.distributions.origin_access import judge


@Rule.of(
    title="an origin does not admit its distribution",
    severity=Severity.HIGH,
    why=(
        "With origin access control, CloudFront signs its requests as the service `cloudfront.amazonaws.com`. The bucket's policy,"
        " or a permission of the function, must admit that service for this distribution. Without either, viewers receive 403."
    ),
    instead="Admit `cloudfront.amazonaws.com` with the distribution's ARN as `AWS:SourceArn`.",
)
def check(facts: Facts) -> Problems:
    for distribution in facts.cloud.names.distributions.values():
        for origin in distribution.origins:
            if origin.vpc_origin_id is None and isinstance(origin.domain_name, str):
                found = judge(facts.cloud, distribution, origin, origin.domain_name, "/object")
                if found is not None and found.admitted is False:
                    text = f"{found.rule}: requests for the origin `{origin.id}` of `{distribution.id}` are answered by 403"
                    yield Problem.of(distribution, text, found.remedy)
