"""NF306: a distribution sends the viewer's Host to an origin that knows only its own (newer-aws §12).

API Gateway, Lambda and S3 find the API, function or bucket by the Host of a request. A distribution that forwards the
viewer's Host asks for a name that they do not know, and they answer 403. The policy `AllViewer` forwards it.

Instead: Forward everything but the Host, or nothing: then CloudFront sends the origin's own name.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.distributions.origin_requests import forwards_host, group_of
from netful.engine.names import api_names
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.model.names.distributions import Distribution

_BY_HOST = {"execute-api": "an API", "lambda-url": "a function URL", "s3": "a bucket"}
"""Services that find the resource by the Host of a request."""


@Rule.of("CloudFront forwards the viewer's Host to an API, function URL or bucket", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for distribution in facts.cloud.names.distributions.values():
        origins = {origin.id: origin for origin in distribution.origins}
        for behavior in distribution.behaviors:
            if forwards_host(behavior) is not True or _has_own_domain(facts.cloud, distribution):
                continue
            for member in group_of(distribution, behavior).members:
                host = origins[member].domain_name if member in origins else None
                what = _kind(host) if isinstance(host, str) else ""
                if what:
                    yield Problem.of(
                        distribution,
                        f"`{distribution.id}` sends the viewer's Host for `{behavior.pattern}` to `{host}`: {what} answers 403",
                        "use the origin request policy `AllViewerExceptHostHeader`"
                        " (b689b0a8-53d0-40ab-baf2-68738e2966ac), or do not forward `Host`",
                    )


def _kind(host: str) -> str:
    found = service_names.service_of_host(host.lower())
    return _BY_HOST.get(found[0].code, "") if found is not None else ""


def _has_own_domain(cloud: Cloud, distribution: Distribution) -> bool:
    """Return whether an API has one of the viewer's names as its custom domain."""
    return any(isinstance(alias, str) and api_names.domains_named(cloud, alias) for alias in distribution.aliases)
