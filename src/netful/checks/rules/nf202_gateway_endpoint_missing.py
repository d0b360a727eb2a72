"""NF202: S3 or DynamoDB is used from a VPC that has no gateway endpoint for it, though it is free (vpc-network §5.5).

S3 and DynamoDB have gateway endpoints, which cost nothing. Without one their traffic goes through a NAT gateway at
0.045 a gigabyte, or is dropped without one.

Instead: Add the gateway endpoint and associate it with the route tables of the functions' subnets.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.core import Unknown
from netful.model.names.service_names import GATEWAY_SERVICES


@Rule.of("no gateway endpoint for S3 or DynamoDB", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    reported: set[tuple[str, str]] = set()
    for walked in facts.to_services:
        service, vpc_id = walked.use.service, facts.vpc_of(walked.function)
        if service not in GATEWAY_SERVICES or vpc_id is None or (vpc_id, service) in reported:
            continue
        endpoints = facts.cloud.network.endpoints_of(vpc_id)
        if any(one.service == service or isinstance(one.service_name, Unknown) for one in endpoints):
            continue
        reported.add((vpc_id, service))
        yield Problem(
            vpc_id,
            facts.cloud.network.vpcs[vpc_id].origin,
            f"`{vpc_id}` has no gateway endpoint for {service}, which `{walked.function.id}` uses ({walked.use.evidence})",
            f"add an `AWS::EC2::VPCEndpoint` of type Gateway for `com.amazonaws.{facts.cloud.region}.{service}`: it is free",
            walked.use.certainty,
            walked.path,
        )
