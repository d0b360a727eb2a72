"""NF205: an endpoint's private DNS cannot work: DNS of the VPC is off, or the name is in use (vpc-network §5.2, §6.2).

Private DNS needs both DNS attributes of the VPC, and `EnableDnsHostnames` is off by default. A second endpoint for the
same service, or a hosted zone with its name, claims the same names. The deployment fails, or the names resolve to other
addresses.

Instead: Set `EnableDnsSupport` and `EnableDnsHostnames` to true, and enable private DNS on only one endpoint of a
service.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.names.service_names import service
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


@Rule.of("private DNS of an endpoint cannot work", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    first: dict[tuple[object, str], VpcEndpoint] = {}
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        if endpoint.type is not EndpointType.INTERFACE or not endpoint.private_dns_enabled:
            continue
        yield from _switched_off(facts, endpoint)
        yield from _shadowed(facts, endpoint)
        other = first.setdefault((endpoint.vpc_id, endpoint.service), endpoint)
        if other is not endpoint and endpoint.service and isinstance(endpoint.vpc_id, str):
            yield Problem.of(
                endpoint,
                f"`{endpoint.id}` and `{other.id}` both claim the private names of {endpoint.service} in `{endpoint.vpc_id}`",
                "set `PrivateDnsEnabled: false` on one of them: the deployment fails otherwise",
            )


def _switched_off(facts: Facts, endpoint: VpcEndpoint) -> Problems:
    vpc = facts.cloud.network.vpcs.get(str(endpoint.vpc_id))
    flags = {"EnableDnsSupport": vpc.enable_dns_support, "EnableDnsHostnames": vpc.enable_dns_hostnames} if vpc else {}
    off = [name for name, on in flags.items() if not on]
    if vpc and off:
        yield Problem.of(
            endpoint,
            f"`{endpoint.id}` enables private DNS, but `{vpc.id}` has {' and '.join(f'`{name}`' for name in off)} off",
            f"set {' and '.join(f'`{name}: true`' for name in off)} on `{vpc.id}`",
        )


def _shadowed(facts: Facts, endpoint: VpcEndpoint) -> Problems:
    """Find private hosted zones of the VPC with the service's name: they have priority over the endpoint."""
    names = [name.removeprefix("*.") for name in service(endpoint.service).private_names(facts.cloud.region)]
    for zone in facts.cloud.template.of_type("AWS::Route53::HostedZone"):
        name = str(zone.properties.get("Name", "")).rstrip(".")
        if endpoint.vpc_id in zone.references and name in names:
            yield Problem(
                endpoint.id,
                zone.origin,
                f"the private hosted zone `{zone.id}` has the name of {endpoint.service}, which `{endpoint.id}` claims too",
                "remove the zone, or set `PrivateDnsEnabled: false` on the endpoint",
                severity=Severity.HIGH,
            )
