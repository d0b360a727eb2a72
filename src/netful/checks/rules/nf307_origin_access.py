"""NF307: a bucket, a function URL or an API does not admit the requests of the distribution before it (newer-aws §12).

With origin access control, CloudFront signs its requests as the service `cloudfront.amazonaws.com`. The bucket's
policy, or a permission of the function, must admit that service for this distribution. Without either, viewers receive
403. CloudFront forwards `Authorization` and `X-Api-Key` only if a policy of the behavior says so; without it, an API
that needs them answers 401 or 403.

Instead: Admit `cloudfront.amazonaws.com` with the distribution's ARN as `AWS:SourceArn`. For an API, forward the header
by the origin request policy `AllViewerExceptHostHeader`.
"""

from collections.abc import Iterator

from netful.checks.facts.apis import authorized
from netful.checks.facts.proof import certainty_of
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.distributions.origin_access import judge
from netful.engine.flows.codes import Code
from netful.engine.names.api_names import own_name
from netful.model.core import Unknown, words_of
from netful.model.names.distributions import Distribution, DistributionOrigin

_OBJECT = "object"
"""Any name of an object, also that of a wildcard in a policy."""


@Rule.of("an origin does not admit its distribution", Severity.HIGH)
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
        yield from _withheld(facts, distribution)


def _withheld(facts: Facts, distribution: Distribution) -> Problems:
    """Yield routes of APIs that need a header, such as `Authorization`, which the distribution does not forward."""
    for request in dict.fromkeys(_requests(facts, distribution)):
        path = facts.path("internet", request)
        hop = (
            next((one for one in path.denials if one.code is Code.NETFUL_HEADER_NOT_FORWARDED), None) if path else None
        )
        if path is not None and hop is not None:
            text = f"`{distribution.id}`: {hop.rule}, so requests get a {path.symptom.status}"
            yield Problem.of(
                distribution, text, path.hint_for(hop), certainty_of(path), path, cause=f"`{hop.component}`"
            )


def _requests(facts: Facts, distribution: Distribution) -> Iterator[str]:
    """Yield a request to each route of the APIs behind a distribution that have authorization or a key."""
    for origin in distribution.origins:
        host = origin.domain_name if isinstance(origin.domain_name, str) else ""
        own = own_name(facts.cloud, host)
        api = facts.cloud.apis.by_id.get(own.api_id) if own else None
        for stage in facts.cloud.apis.stages_of(api.id) if api is not None else ():
            base = "" if stage.stage_name == "$default" else f"/{stage.stage_name}"
            for route in api.routes if api is not None and base.startswith(str(origin.path)) else ():
                method = "GET" if route.http_method == "ANY" else route.http_method
                path = f"{base}{route.path}".removeprefix(str(origin.path))
                if path.startswith("/") and "{" not in path and (authorized(route) or route.api_key_required):
                    yield f"{method} https://{distribution.domain_name}{path}"


def _paths(facts: Facts, origin: DistributionOrigin) -> Iterator[str]:
    """Yield the paths that requests to an origin may have: that of any object, and those that the policies of buckets name."""
    if isinstance(origin.path, Unknown):
        return
    policies = [
        policy.properties.get("PolicyDocument") for policy in facts.cloud.template.of_type("AWS::S3::BucketPolicy")
    ]
    named = (text.partition("/")[2].replace("*", _OBJECT) for text in words_of(policies))
    for name in (_OBJECT, *filter(None, named)):
        yield f"{origin.path}/{name}"
        if name.startswith(f"{origin.path}/".removeprefix("/")):
            yield f"/{name}"
