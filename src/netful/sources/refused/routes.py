"""Routes that AWS refuses: they name an instance that has several interfaces, or are none for the table of a gateway (§1.11)."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import Vpc, is_within

_OF_GATEWAYS = (TargetKind.LOCAL, TargetKind.NETWORK_INTERFACE, TargetKind.INSTANCE, TargetKind.VPC_ENDPOINT)
_ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"


def of_instances(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield routes to an instance that is launched with several interfaces. One that is attached later may come after the route."""
    every = cloud.template.resources.values()
    later = {cloud.named(str(one.properties.get("NetworkInterfaceId"))) for one in every if one.type == _ATTACHMENT}
    for table in cloud.network.route_tables.values():
        for route in table.routes:
            named = route.target_id if route.target_kind is TargetKind.INSTANCE else None
            own = cloud.network.interfaces_of(named) if isinstance(named, str) else ()
            if len([one for one in own if one.id not in later]) > 1:
                yield route.id, f"there are multiple interfaces attached to instance `{named}`"


def of_gateways(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield routes that a table of an internet gateway or a VPN gateway cannot have."""
    for table in cloud.network.route_tables.values():
        vpc = known_in(cloud.network.vpcs, table.vpc_id)
        if vpc is None or not table.gateway_ids:
            continue
        for route in table.routes:
            if reason := _unfit(route, vpc, table.gateway_ids[0]):
                yield route.id, reason


def _unfit(route: Route, vpc: Vpc, gateway_id: Maybe[str]) -> str:
    block = route.destination_cidr_block
    if route.destination_prefix_list_id is not None:
        return f"the table of gateway `{gateway_id}` has a route to a prefix list"
    if route.target_kind not in _OF_GATEWAYS:
        return f"the table of gateway `{gateway_id}` has a route to `{route.target_id}`"
    unsure = any(isinstance(one, Unknown) for one in (block, *vpc.blocks))
    within = block is None or unsure or any(is_within(block, own) for own in vpc.blocks)
    return "" if within else f"the table of gateway `{gateway_id}` has a route for {block}, which is not in `{vpc.id}`"
