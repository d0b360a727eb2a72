"""Names of load balancers, and their nodes.

| name | nodes |
|---|---|
| a load balancer's own | its nodes; without cross-zone balancing, without those in zones where a group has no target |
| `dualstack.` before it, as in aliases of the console and the CDK | the same |
| a zone (`us-east-1a.`) before that of a network load balancer | the node in that zone |

The port is unknown at resolution, so one group without a target in the zone is enough to leave a node out. If that leaves no node,
all are given.
"""

from collections.abc import Iterable

from netful.engine.load_balancers import target_groups
from netful.model.balancing.load_balancers import Listener, LoadBalancer, TargetGroup, crosses_zones
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface


def named(cloud: Cloud, balancer: LoadBalancer, host: str) -> tuple[NetworkInterface, ...]:
    """Return the nodes that DNS gives for a name."""
    zone = balancer.zone_named(host)
    nodes = tuple(cloud.network.interfaces_of(balancer.id))
    if zone:
        return tuple(node for node in nodes if cloud.network.zone_of_interface(node) == zone)
    groups = _groups(cloud, cloud.balancing.listeners_of(balancer.id))
    every = [_zones(cloud, group) for group in groups if not crosses_zones(balancer, group)]
    return tuple(node for node in nodes if all(_is_in(cloud, node, zones) for zones in every)) or nodes


def _groups(cloud: Cloud, listeners: Iterable[Listener]) -> list[TargetGroup]:
    return cloud.balancing.groups_of(*(action for listener in listeners for action in listener.default_actions))


def _zones(cloud: Cloud, group: TargetGroup) -> set[str]:
    return {member.zone for member in target_groups.members(cloud, group)}


def serving(cloud: Cloud, nodes: tuple[NetworkInterface, ...], port: int) -> tuple[NetworkInterface, ...]:
    """Return the nodes that a name gives to a client that asks for a port: those with a target that they may use."""
    balancer = cloud.balancing.load_balancers.get(nodes[0].owner_id) if nodes else None
    if balancer is None:
        return nodes
    groups = _groups(cloud, (each for each in cloud.balancing.listeners_of(balancer.id) if each.port == port))
    if any(crosses_zones(balancer, group) for group in groups) or (balancer.cross_zone and not groups):
        return nodes
    zones = {zone for group in groups for zone in _zones(cloud, group)}
    return tuple(node for node in nodes if _is_in(cloud, node, zones)) or nodes


def _is_in(cloud: Cloud, node: NetworkInterface, zones: set[str]) -> bool:
    """Return whether a node may be in one of some zones, of which "" is one that is not known."""
    zone = cloud.network.zone_of_interface(node)
    return not zone or "" in zones or zone in zones
