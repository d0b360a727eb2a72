"""Targets that a node of a load balancer forwards to.

A template contains no health, and recorded health is outdated, so a running node checks by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from netful.engine.load_balancers.target_groups import Member, enabled, members, near
from netful.engine.tasks.places import is_placed, is_starting
from netful.model.balancing.load_balancers import Action, LoadBalancer, TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress


class Reached(Frozen):
    """A target as a node reaches it: an address and a port. `name` is its name in the template.

    A `starting` one is checked, and has no requests yet; a `new` one only until its first successful check.
    """

    name: str
    address: IPAddress
    port: int
    starting: bool = False
    new: bool = False


def groups_of(cloud: Cloud, balancer: LoadBalancer) -> list[TargetGroup]:
    """Return the groups that a load balancer's listeners and rules forward to, each once."""
    listeners = cloud.balancing.listeners_of(balancer.id)
    actions: list[Action] = [action for listener in listeners for action in listener.default_actions]
    rules = [rule for listener in listeners for rule in cloud.balancing.rules_of(listener.id)]
    actions += [action for rule in rules for action in rule.actions]
    ids = dict.fromkeys(str(id_) for action in actions for id_ in action.target_group_ids)
    return [cloud.balancing.target_groups[id_] for id_ in ids if id_ in cloud.balancing.target_groups]


def functions_of(cloud: Cloud, group: TargetGroup) -> list[Member]:
    """Return the functions of a group of type `lambda`: one at most."""
    return [member for member in members(cloud, group) if member.function_id is not None]


def reached(cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface, group: TargetGroup) -> list[Reached]:
    """Return the targets of a group that a node uses, healthy or not."""
    whole = replace(group, targets=tuple(replace(target, health="") for target in group.targets))
    there = [one for one in members(cloud, whole) if one.interface is None or is_placed(cloud, one.interface)]
    used = near(cloud, balancer, group, node, enabled(cloud, balancer, group, there))
    found = [one for member in used for one in _of(cloud, member, group.ip_version)]
    far = {member.interface.id for member in there if member.interface and member not in used}
    elsewhere = (
        one for one in _elsewhere(group) if not any(eni.id in far for eni in cloud.network.interfaces_with(one.address))
    )
    by_place = {(one.address, one.port): one for one in (*elsewhere, *found)}  # prefer the name of a known owner
    return [*by_place.values()]


def _of(cloud: Cloud, member: Member, version: int) -> Iterator[Reached]:
    eni = member.interface
    address = None if eni is None else eni.ipv6_address if version == 6 else eni.private_ip_address
    if eni is not None and address is not None and isinstance(member.port, int):
        yield Reached(member.name, address, member.port, is_starting(cloud, eni))


def _elsewhere(group: TargetGroup) -> Iterator[Reached]:
    """Return the addresses that no known interface has: on-premises, or in a VPC that was not loaded."""
    for target in group.targets if group.target_type == "ip" else ():
        port: Maybe[int] | None = group.port if target.port is None else target.port
        if isinstance(target.id, Unknown) or not isinstance(port, int):
            continue
        try:
            address = ip_address(target.id)
        except ValueError:
            continue
        if address.version == group.ip_version:
            yield Reached(target.id, address, port)
