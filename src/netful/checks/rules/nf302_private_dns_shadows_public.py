"""NF302: private DNS for execute-api takes the names of public APIs too (api-gateway §2.1).

With private DNS an execute-api endpoint answers `*.execute-api` for the whole VPC. The default URLs of all public APIs
of the region then lead to it, and it serves only private ones: 403 `{"message":"Forbidden"}`.

Instead: Call public APIs by custom domains, or turn private DNS off and call private APIs by
`{api}-{vpce}.execute-api…`.
"""

from netful.checks.facts.apis import calls_of
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.network.vpc_endpoints import VpcEndpoint

_HINT = "call public APIs by a custom domain, or set `PrivateDnsEnabled: false` and use `{api}-{vpce}` for private ones"


@Rule.of("private DNS shadows public APIs", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        if endpoint.service != "execute-api" or not endpoint.private_dns_enabled or _has_no_names(facts, endpoint):
            continue
        called = [*_called(facts, endpoint)]
        yield from called
        public = [
            api.id for api in facts.cloud.apis.by_id.values() if not api.private and api.region == facts.cloud.region
        ]
        if public and not called:
            names = ", ".join(f"`{name}`" for name in public)
            message = (
                f"`{endpoint.id}` receives all execute-api requests of its VPC: the public {names} returns 403 there"
            )
            yield Problem.of(endpoint, message, _HINT, Certainty.LIKELY, severity=Severity.LOW)


def _has_no_names(facts: Facts, endpoint: VpcEndpoint) -> bool:
    """Return whether the VPC is known to have a DNS attribute off, so that its endpoints have no private names (NF205)."""
    vpc = facts.cloud.network.vpcs.get(str(endpoint.vpc_id))
    return vpc is not None and not (vpc.enable_dns_support and vpc.enable_dns_hostnames)


def _called(facts: Facts, endpoint: VpcEndpoint) -> Problems:
    for function in facts.vpc_functions:
        if facts.vpc_of(function) != endpoint.vpc_id:
            continue
        for call in calls_of(facts, function):
            if call.endpoint_id or call.api is None or call.api.private or call.region != facts.cloud.region:
                continue  # an API that was not loaded may be private
            message = f"`{function.id}` calls the public API `{call.api.id}` by a name that leads to `{endpoint.id}`, which serves only private APIs: 403"
            path = facts.path(function.id, call.use.destination)
            yield Problem.of(
                endpoint,
                f"{message} ({call.use.evidence})",
                _HINT,
                call.use.certainty,
                path,
                cause=f"`{endpoint.id}`",
                affected=function.id,
            )
