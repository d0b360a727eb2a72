"""NF307: a bucket or a function URL does not admit the requests of the distribution before it (newer-aws §12)."""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.distributions.origin_access import judge
from netful.model.core import Unknown, words_of
from netful.model.names.distributions import DistributionOrigin

_OBJECT = "object"
"""Any name of an object, also that of a wildcard in a policy."""


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
                every = [
                    judge(facts.cloud, distribution, origin, origin.domain_name, path) for path in _paths(facts, origin)
                ]
                found = next(iter(every), None)
                if found is not None and all(one is not None and one.admitted is False for one in every):
                    text = f"{found.rule}: requests for the origin `{origin.id}` of `{distribution.id}` are answered by 403"
                    yield Problem.of(distribution, text, found.remedy)


def _paths(facts: Facts, origin: DistributionOrigin) -> Iterator[str]:
    """Yield the paths that requests to an origin may have: that of any object, and those that the policies of buckets name."""
    if isinstance(origin.path, Unknown):
        return
    policies = [policy.properties.get("PolicyDocument") for policy in facts.of_type("AWS::S3::BucketPolicy")]
    named = (text.partition("/")[2].replace("*", _OBJECT) for text in words_of(policies))
    for name in (_OBJECT, *filter(None, named)):
        yield f"{origin.path}/{name}"
        if name.startswith(f"{origin.path}/".removeprefix("/")):
            yield f"/{name}"
