"""Cloud without what has failed, for questions about it.

Theory: a failed thing is not deleted. Routes to it stay, and drop packets; its name stays. Where others do the same, AWS leads
clients to them: a name no longer has the addresses of failed interfaces, and functions run in their other subnets. So an
interface that has failed is idle: nothing answers at its addresses, and it counts as its owner's only if no other one runs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from netful.engine.failures.failure import Failure, FailureKind, failure_of
from netful.engine.failures.outage import Outage, outage_of
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.gateways import InternetGateway, VpnGateway
from netful.model.network.route_tables import RouteTable
from netful.model.network.transit_gateways import TransitGatewayAttachment, TransitGatewayRouteTable

FAILED = "it has failed"


def what_if(cloud: Cloud, words: Iterable[str]) -> tuple[Cloud, tuple[str, ...]]:
    """Return the cloud without what some words name, and what is assumed of it. Raises QuestionError."""
    failures = [failure_of(cloud, word) for word in words]
    outage = outage_of(cloud, failures)
    failed = f"{', '.join(map(str, failures))} has failed: it is as if nothing there answered"
    return without(cloud, outage), (failed, *_assumed(cloud, failures, outage))


def _assumed(cloud: Cloud, failures: list[Failure], outage: Outage) -> Iterator[str]:
    if not any(one.kind is FailureKind.ZONE for one in failures):
        return
    yield from (f"{why}: it is taken to be another one" for _, why in outage.doubts)
    for subnet in cloud.network.subnets.values():
        if isinstance(subnet.availability_zone, Unknown):
            yield f"the zone of {subnet.id} is not known: it is taken to be another one"


def without_failure(cloud: Cloud, *failures: Failure) -> Cloud:
    """Return the cloud without what some failures at once take with them."""
    return without(cloud, outage_of(cloud, failures))


def without(cloud: Cloud, outage: Outage) -> Cloud:
    """Return the cloud without what an outage takes."""
    network = cloud.network
    return cloud.having(
        network_interfaces={
            name: replace(one, idle=FAILED) if name in outage.interfaces else one
            for name, one in network.network_interfaces.items()
        },
        route_tables={name: _table(one, outage) for name, one in network.route_tables.items()},
        internet_gateways=_detached(network.internet_gateways, outage),
        vpn_gateways=_detached(network.vpn_gateways, outage),
        vpc_peering_connections={
            name: replace(one, active=False) if name in outage.targets else one
            for name, one in network.vpc_peering_connections.items()
        },
        transit_gateway_attachments={
            name: _attachment(one, outage) for name, one in network.transit_gateway_attachments.items()
        },
        transit_gateway_route_tables={
            name: _transit_table(one, outage) for name, one in network.transit_gateway_route_tables.items()
        },
    )


def _table(table: RouteTable, outage: Outage) -> RouteTable:
    if not any(route.target_id in outage.targets for route in table.routes):
        return table
    routes = (replace(one, blackhole=True) if one.target_id in outage.targets else one for one in table.routes)
    return replace(table, routes=tuple(routes))


def _detached(
    gateways: Mapping[str, InternetGateway] | Mapping[str, VpnGateway], outage: Outage
) -> dict[str, InternetGateway | VpnGateway]:
    return {name: replace(one, vpc_id=None) if name in outage.targets else one for name, one in gateways.items()}


def _attachment(one: TransitGatewayAttachment, outage: Outage) -> TransitGatewayAttachment:
    left = tuple(subnet for subnet in one.subnet_ids if subnet not in outage.subnets)
    return replace(one, subnet_ids=left) if len(left) < len(one.subnet_ids) else one


def _transit_table(table: TransitGatewayRouteTable, outage: Outage) -> TransitGatewayRouteTable:
    if not outage.attachments:
        return table
    gone = outage.attachments
    return replace(
        table,
        routes=tuple(replace(one, blackhole=True) if one.attachment_id in gone else one for one in table.routes),
        associations=tuple(one for one in table.associations if one not in gone),
        propagations=tuple(one for one in table.propagations if one not in gone),
    )
