"""NF711: an interface endpoint does not set its private DNS explicitly.

CloudFormation's default is false; the console's and the CDK's is true. Without private DNS the service's name still
leads to public addresses, and the endpoint costs money without being used.

Instead: Set `PrivateDnsEnabled` on every interface endpoint.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


@Rule.of("private DNS is not set explicitly", Severity.LOW)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.of_type("AWS::EC2::VPCEndpoint"):
        endpoint = facts.cloud.network.vpc_endpoints.get(resource.id)
        if endpoint is None or endpoint.type is not EndpointType.INTERFACE or not _has_names(endpoint):
            continue
        if "PrivateDnsEnabled" not in resource.properties:
            message = f"`{resource.id}` does not set `PrivateDnsEnabled`, whose default differs from tool to tool"
            yield Problem.of(resource, message, "write `PrivateDnsEnabled: true` or `false`")


def _has_names(endpoint: VpcEndpoint) -> bool:
    """Return whether private DNS can have an effect: a service that is not AWS's usually has only the endpoint's name."""
    return bool(endpoint.service) or not isinstance(endpoint.service_name, str)
