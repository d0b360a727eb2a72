"""Names of load balancers, and their nodes.

| name | nodes |
|---|---|
| a load balancer's own | its nodes; without cross-zone balancing, without those in zones where a group has no target |
| `dualstack.` before it, as in aliases of the console and the CDK | the same |
| a zone (`us-east-1a.`) before that of a network load balancer | the node in that zone |

The port is unknown at resolution, so one group without a target in the zone is enough to leave a node out. If that leaves no node,
all are given.
"""

from netful.engine.load_balancers import listeners, target_groups
from netful.model.balancing.load_balancers import LoadBalancer, TargetGroup, crosses_zones
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface


def named(cloud: Cloud, balancer: LoadBalancer, host: str) -> tuple[NetworkInterface, ...]:
    """Return the nodes that DNS gives for a name."""
    zone = balancer.zone_named(host)
    nodes = tuple(cloud.network.interfaces_of(balancer.id))
    if zone:
        return tuple(node for node in nodes if cloud.network.zone_of_interface(node) == zone)
    ids = {
        str(id_)
        for listener in cloud.balancing.listeners.values()
        if listener.load_balancer_id == balancer.id
        for action in listener.default_actions
        for id_ in action.target_group_ids
    }
    groups = [cloud.balancing.target_groups[id_] for id_ in ids if id_ in cloud.balancing.target_groups]
    every = [_zones(cloud, group) for group in groups if not crosses_zones(balancer, group)]
    return (
        tuple(node for node in nodes if all(cloud.network.zone_of_interface(node) in zones for zones in every)) or nodes
    )


def _zones(cloud: Cloud, group: TargetGroup) -> set[str]:
    return {member.zone for member in target_groups.members(cloud, group)}


def serving(cloud: Cloud, nodes: tuple[NetworkInterface, ...], port: int) -> tuple[NetworkInterface, ...]:
    """Return the nodes that a name gives to a client that asks for a port: those with a target that they may use."""
    balancer = cloud.balancing.load_balancers.get(nodes[0].owner_id) if nodes else None
    if balancer is None:
        return nodes
    own = [each for each in listeners.of(cloud, balancer) if each.port == port]
    ids = [str(id_) for each in own for action in each.default_actions for id_ in action.target_group_ids]
    groups = [cloud.balancing.target_groups[id_] for id_ in ids if id_ in cloud.balancing.target_groups]
    if any(crosses_zones(balancer, group) for group in groups) or (balancer.cross_zone and not groups):
        return nodes
    zones = {zone for group in groups for zone in _zones(cloud, group)}
    return tuple(node for node in nodes if cloud.network.zone_of_interface(node) in zones) or nodes
