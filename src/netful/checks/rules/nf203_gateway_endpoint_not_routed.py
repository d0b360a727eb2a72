"""NF203: a gateway endpoint exists, but not in the route table of a subnet that uses the service.

A gateway endpoint serves only subnets whose route table it is associated with. Traffic from other subnets goes through
the NAT gateway, which costs money, or is dropped without one.

Instead: List every route table whose subnets use the service in `RouteTableIds`, including the main one if it is used.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


@Rule.of("gateway endpoint not in the function's route table", Severity.HIGH)
def check(facts: Facts) -> Problems:
    reported: set[tuple[str, str]] = set()
    for walked in facts.to_services:
        for endpoint in facts.cloud.network.endpoints_of(facts.vpc_of(walked.function) or ""):
            if endpoint.service != walked.use.service or not _is_gateway(endpoint):
                continue
            for subnet_id in facts.subnets_of(walked.function):
                table = facts.cloud.network.route_table_of(subnet_id)
                if table is None or table.id in endpoint.route_table_ids or (endpoint.id, table.id) in reported:
                    continue
                reported.add((endpoint.id, table.id))
                yield Problem.of(
                    endpoint,
                    f"`{endpoint.id}` is not in `{table.id}`, the route table of `{subnet_id}`, where `{walked.function.id}` uses {endpoint.service} ({walked.use.evidence})",
                    f"add `{table.id}` to its `RouteTableIds`",
                    walked.use.certainty,
                    walked.path,
                    severity=Severity.MEDIUM if walked.path.verdict == "reachable" else None,
                    cause=f"`{endpoint.id}`",
                )


def _is_gateway(endpoint: VpcEndpoint) -> bool:
    return endpoint.type is EndpointType.GATEWAY and all(isinstance(t, str) for t in endpoint.route_table_ids)
