"""Interfaces that a load needs, and the free addresses in their subnets, in both designs of Lambda.

| design | interfaces |
|---|---|
| Hyperplane (since 2019) | one for each subnet and set of groups, shared by all functions; another for each 65,000 connections (lambda §1.3) |
| per sandbox (before) | one for the environments of a function that fit in 3 GB (lambda §1.2) |
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner

_PORTS = 65_000
_ENI_MB = 3_072


class SubnetNeed(Frozen):
    """Addresses in a subnet that are free for functions, and the number that each design uses."""

    subnet_id: str
    free: int
    hyperplane: int
    per_sandbox: int


def per_sandbox(function: Function, environments: int) -> int:
    """Return the interfaces of the old design; AWS's own estimate divides the memory by 3 GB instead."""
    return math.ceil(environments / max(1, _ENI_MB // function.memory_size))


def shared(cloud: Cloud, environments: Mapping[str, int], connections: int) -> Counter[str]:
    """Return the number of interfaces for each interface of the cloud: more than one if its connections exceed the limit."""
    found: Counter[str] = Counter()
    for eni in cloud.network.network_interfaces.values():
        if eni.owner is not InterfaceOwner.LAMBDA:
            continue
        open_ = sum(
            math.ceil(environments.get(id_, 0) / max(1, len(cloud.network.interfaces_of(id_)))) * connections
            for id_ in eni.function_ids
        )
        found[eni.id] = max(1, math.ceil(open_ / _PORTS))
    return found


def unknown_places(function: Function) -> tuple[str, ...]:
    """Return the missing values that decide a function's subnets and groups."""
    parts: list[object] = []
    for value in (function.subnet_ids, function.security_group_ids):
        parts += [value] if isinstance(value, Unknown) else value
    return tuple(
        dict.fromkeys(need for part in parts if isinstance(part, Unknown) for need in part.needs or (part.why,))
    )


def subnets(cloud: Cloud, environments: Mapping[str, int], connections: int) -> Iterable[SubnetNeed]:
    """Return every subnet of the functions with a load."""
    new = shared(cloud, environments, connections)
    places: dict[str, list[str]] = {}
    for id_ in environments:
        for eni in cloud.network.interfaces_of(id_):
            places.setdefault(str(eni.subnet_id), []).append(id_)
    for subnet_id, functions in places.items():
        subnet = cloud.network.subnets.get(subnet_id)
        if subnet is None or subnet.usable is None:
            continue
        here = [eni for eni in cloud.network.network_interfaces.values() if eni.subnet_id == subnet_id]
        others = sum(eni.owner is not InterfaceOwner.LAMBDA for eni in here)
        old = sum(
            math.ceil(
                per_sandbox(cloud.compute.functions[id_], environments[id_]) / len(cloud.network.interfaces_of(id_))
            )
            for id_ in functions
        )
        yield SubnetNeed(subnet_id, subnet.usable - others, sum(new[eni.id] for eni in here), old)
