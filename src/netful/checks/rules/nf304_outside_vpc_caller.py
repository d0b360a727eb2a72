"""NF304: a load balancer in front of the execute-api endpoint, whose Host and health check the endpoint rejects.

A private API's names do not resolve outside its VPC, so callers from other networks use a load balancer. It forwards
the client's Host, and the endpoint returns 403 for a name that it does not serve. The health check uses an address as
its Host and gets 403 as well.

Instead: Use a private custom domain with an access association, a Host rewrite in the listener rule, or a reverse proxy
that sets the Host. Make the health check accept 403.
"""

from netful.checks.facts.execute_api_fronts import Front, fronts
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.balancing.load_balancers import LoadBalancerType


@Rule.of("load balancer in front of a private API keeps the wrong Host", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for front in fronts(facts):
        if front.balancer.type is not LoadBalancerType.APPLICATION:
            continue
        if not _rewrites_host(facts, front) and not _has_domain(facts):
            yield Problem.of(
                front.listener,
                f"`{front.balancer.id}` forwards the client's Host to `{front.endpoint.id}`, which does not serve that name: 403",
                "rewrite the Host to `{api}.execute-api…` in a listener rule, or give the API a private custom domain and associate the endpoint",
                front.certainty,
            )
        if not _health_accepts_403(front):
            yield Problem.of(
                front.group,
                f"the health check of `{front.group.id}` gets 403 from `{front.endpoint.id}`, so its targets are unhealthy",
                "set `Matcher: {HttpCode: '200,403'}`",
                Certainty.LIKELY,
            )


def _rewrites_host(facts: Facts, front: Front) -> bool:
    rules = facts.cloud.balancing.rules_of(front.listener.id)
    return any("host-header-rewrite" in str(rule.transforms) for rule in rules)


def _has_domain(facts: Facts) -> bool:
    """Return whether the endpoint serves a custom domain: an associated one, or a public one of a private API."""
    cloud = facts.cloud
    mapped = (cloud.apis.by_id.get(str(api_id)) for api_id in cloud.apis.behind_domains)
    return bool(cloud.apis.domain_name_access_associations) or any(api is not None and api.private for api in mapped)


def _health_accepts_403(front: Front) -> bool:
    return front.group.expects(403) or front.group.health_check_protocol == "TCP"
