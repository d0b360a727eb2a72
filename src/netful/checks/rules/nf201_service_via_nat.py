"""NF201: a service is reached through a NAT gateway though it has an interface endpoint (vpc-network §8.1).

Traffic to an AWS service through a NAT gateway costs money per gigabyte and comes from a public address, so neither an
endpoint policy nor `aws:SourceVpce` can restrict it. An interface endpoint costs 7.30 a month and zone and 0.01 a
gigabyte instead of 0.045 (us-east-1): it is cheaper from 209 GB a month.

Instead: Add an interface endpoint with private DNS for services with much traffic or confidential content.
"""

from netful.checks.facts.proof import passes
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind
from netful.engine.overview.prices import PRICES
from netful.model.names.service_names import GATEWAY_SERVICES

_WITHOUT_ENDPOINT = (
    *GATEWAY_SERVICES,
    "iam",
    "route53",
    "cloudfront",
    "organizations",
    "shield",
    "budgets",
    "lambda-url",
)


@Rule.of("AWS service through a NAT gateway", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    reported: set[tuple[str, str]] = set()
    for walked in facts.to_services:
        service, vpc_id = walked.use.service, facts.vpc_of(walked.function)
        nat = passes(walked.path, HopKind.NAT)
        if service in _WITHOUT_ENDPOINT or nat is None or (str(vpc_id), service) in reported:
            continue
        reported.add((str(vpc_id), service))
        yield Problem.of(
            walked.function,
            f"`{walked.function.id}` reaches {walked.use.destination} through the NAT gateway `{nat.component}` ({walked.use.evidence})",
            _hint(facts, str(vpc_id), service),
            walked.use.certainty,
            walked.path,
        )


def _hint(facts: Facts, vpc_id: str, service: str) -> str:
    """Return the fix. Traffic bypasses an existing endpoint because the service's own name does not lead to it."""
    passed_by = next((e for e in facts.cloud.network.endpoints_of(vpc_id) if e.service == service), None)
    if passed_by is None:
        worth = f"is cheaper from {PRICES.endpoint_break_even:.0f} GB a month and zone"
        return f"an interface endpoint {worth}, and keeps the traffic inside AWS"
    if not passed_by.private_dns_enabled:
        return f"set `PrivateDnsEnabled: true` on `{passed_by.id}`, or call the service by the endpoint's own name"
    return f"set `EnableDnsHostnames: true` on `{vpc_id}`, so that the service's name leads to `{passed_by.id}`"
