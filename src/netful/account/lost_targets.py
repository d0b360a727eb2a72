"""Routes whose target is gone: in an account they are black holes (vpc-network §1.10).

A call names only targets that exist, and the resources of a stack refer to one another: what such a route names and the account
does not have was deleted. An id that a template has as a text may be of another account, and stays unknown, unless the account
had that target before.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import BY_CALL, Maybe, Unknown
from netful.model.identity import is_ec2_id
from netful.model.network.network import Network
from netful.model.network.route_tables import Route, TargetKind


def with_black_holes(cloud: Cloud, before: Cloud) -> Cloud:
    """Return a cloud whose routes to deleted targets are black holes, after a change of another one."""
    there = _targets(cloud.network)
    routes = (route for table in before.network.route_tables.values() for route in table.routes)
    deleted = {*before.names_by_id, *(one.target_id for one in routes if one.blackhole)}
    tables = {
        id_: replace(
            table,
            routes=tuple(
                replace(one, blackhole=True) if _is_lost(one, there, deleted) else one for one in table.routes
            ),
        )
        for id_, table in cloud.network.route_tables.items()
        if any(_is_lost(one, there, deleted) for one in table.routes)
    }
    return cloud.having(route_tables={**cloud.network.route_tables, **tables}) if tables else cloud


def _targets(network: Network) -> Mapping[TargetKind, Mapping[str, Any]]:
    return {
        TargetKind.INTERNET_GATEWAY: network.internet_gateways,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: network.egress_only_internet_gateways,
        TargetKind.VPN_GATEWAY: network.vpn_gateways,
        TargetKind.NAT_GATEWAY: network.nat_gateways,
        TargetKind.PEERING: network.vpc_peering_connections,
        TargetKind.TRANSIT_GATEWAY: network.transit_gateways,
        TargetKind.VPC_ENDPOINT: network.vpc_endpoints,
        TargetKind.NETWORK_INTERFACE: network.network_interfaces,
    }


def _is_lost(route: Route, there: Mapping[TargetKind, Mapping[str, Any]], deleted: Collection[Maybe[str]]) -> bool:
    target = route.target_id
    if route.blackhole or isinstance(target, Unknown) or route.target_kind not in there:
        return False
    was_there = route.origin == BY_CALL or not is_ec2_id(target) or target in deleted
    return target not in there[route.target_kind] and was_there
