"""NF701: one zonal NAT gateway serves subnets of several availability zones.

A NAT gateway is in one zone. When that zone fails, all subnets that route to it lose the internet. Until then their
traffic crosses zones and is charged on both sides.

Instead: Create a NAT gateway in each zone with its own route table, or a regional NAT gateway.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.network.gateways import NatGateway
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc import Subnet


@Rule.of("one NAT gateway for several zones", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for nat in facts.cloud.network.nat_gateways.values():
        served = [] if nat.regional else [*_served(facts, nat)]
        zones = {subnet.availability_zone for subnet in served}
        known = sorted(zone for zone in zones if isinstance(zone, str) and zone)
        if len(zones) > 1 and len(served) > 1:
            where = ", ".join(known) if len(known) > 1 else f"{len(served)} subnets"
            yield Problem.of(
                nat,
                f"`{nat.id}` alone serves several availability zones ({where})",
                "create one in each zone, or a regional NAT gateway; a single one saves 36.50 a month and zone, minus 0.02 a gigabyte between zones",
                Certainty.PROVEN if len(known) > 1 else Certainty.LIKELY,
            )


def _served(facts: Facts, nat: NatGateway) -> Iterator[Subnet]:
    for subnet in facts.cloud.network.subnets.values():
        table = facts.cloud.network.route_table_of(subnet.id)
        routes = table.routes if table else ()
        if any(route.target_kind is TargetKind.NAT_GATEWAY and route.target_id == nat.id for route in routes):
            yield subnet
