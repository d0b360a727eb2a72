"""Which nodes the name of a load balancer gives: without cross-zone balancing not those whose zone lacks a target of a group.

A client cannot tell by the name which port it will ask for, so one group without a target there is enough. When that leaves no
node, all are given.
"""

from __future__ import annotations

from netful.engine import target_groups
from netful.model.balancer import LoadBalancer
from netful.model.cloud import Cloud
from netful.model.interface import NetworkInterface


def named(cloud: Cloud, balancer: LoadBalancer) -> tuple[NetworkInterface, ...]:
    """The nodes that DNS gives."""
    nodes = tuple(cloud.interfaces_of(balancer.id))
    if balancer.cross_zone:
        return nodes
    ids = {
        str(id_)
        for listener in cloud.listeners.values()
        if listener.load_balancer_id == balancer.id
        for action in listener.default_actions
        for id_ in action.target_group_ids
    }
    every = [_zones(cloud, id_) for id_ in ids if id_ in cloud.target_groups]
    return tuple(node for node in nodes if all(cloud.zone_of_interface(node) in zones for zones in every)) or nodes


def _zones(cloud: Cloud, group_id: str) -> set[str]:
    """The zones in which a group has a target."""
    return {member.zone for member in target_groups.members(cloud, cloud.target_groups[group_id])}
