"""NF116: a subnet with DNS64 has no route for NAT64's addresses to a NAT gateway (newer-aws §10.1).

With DNS64 the VPC's resolver gives an address in 64:ff9b::/96 for every name that has IPv4 addresses only. Only a NAT
gateway translates packets to such addresses. Without a route to one, clients of the subnet time out, also clients that
have IPv4 and prefer IPv6.

Instead: Add a route for 64:ff9b::/96 to a NAT gateway, in the route table of every subnet with DNS64.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.nat64 import NAT64_BLOCK
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc import Subnet

_WAYS = (TargetKind.NAT_GATEWAY, TargetKind.TRANSIT_GATEWAY, TargetKind.VPC_ENDPOINT, TargetKind.OTHER)
"""Targets that translate, or that may lead to one that does."""


@Rule.of("subnet with DNS64 has no route to a NAT gateway for NAT64", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for subnet in facts.cloud.network.subnets.values():
        wrong = _wrong_way(facts.cloud, subnet) if subnet.enable_dns64 else ""
        if wrong:
            table = facts.cloud.network.route_table_of(subnet.id)
            assert table is not None
            yield Problem.of(
                subnet,
                f"`{subnet.id}` has DNS64, but {wrong}: hosts that have IPv4 addresses only are not reached",
                f"add a route for {NAT64_BLOCK} to a NAT gateway to `{table.id}`, or set `EnableDns64: false`",
            )


def _wrong_way(cloud: Cloud, subnet: Subnet) -> str:
    """Return where the addresses of NAT64 lead instead of to a translator; "" if they may lead to one."""
    vpc, table = cloud.network.vpc_of(subnet.id), cloud.network.route_table_of(subnet.id)
    if vpc is None or table is None:
        return ""
    found = route_tables.select(cloud, vpc, table, NAT64_BLOCK)
    route = found.entry.route if found.entry is not None else None
    if route is None:
        return "" if found.doubts else f"`{table.id}` has no route for {NAT64_BLOCK}"
    if isinstance(route.target_id, Unknown) or route.target_kind in _WAYS:
        return ""
    return f"{route_tables.describe(cloud, route)} in `{table.id}` translates nothing"
