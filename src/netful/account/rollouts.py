"""Interfaces of services over a change: they stay, and a deployment adds new ones for its tasks beside them.

The readers name the interfaces of a service in the same way in each cloud. From the second deployment of a running stack on, its
number follows the name.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from netful.account.public_addresses import unused
from netful.engine.tasks.definition import SERVICE, definition_of
from netful.engine.tasks.places import images_of, owners, places, rollout_of, runs_as_tasks
from netful.model.allocation import keep_addresses
from netful.model.cloud import Cloud
from netful.model.difference import same
from netful.model.functions.rollouts import Rollout
from netful.model.network.network_interface import NetworkInterface

_NUMBER = "~"
_OF_RECORDS = ("Status", "Tags")
"""Properties of a task definition that change no task."""


def carried(cloud: Cloud, before: Cloud) -> Cloud:
    """Return a cloud whose services have the tasks that run; one whose tasks are to be others begins a deployment."""
    if cloud is before or cloud.compute.rollouts not in ({}, before.compute.rollouts):
        return cloud  # a step of a deployment itself
    both = [id_ for id_ in _services(cloud) if id_ in before.template.resources and runs_as_tasks(before, id_)]
    rollouts = {id_: _next(cloud, before, id_) for id_ in both}
    rollouts = {id_: one for id_, one in rollouts.items() if one != Rollout()}
    if not rollouts and not cloud.compute.rollouts:
        return cloud
    enis = {**cloud.network.network_interfaces}
    free = unused(cloud, before)
    for id_, rollout in rollouts.items():
        for eni in cloud.network.interfaces_of(id_):
            enis.pop(eni.id, None)
        for eni in _renamed(cloud, before, id_, rollout):
            old = before.network.network_interfaces.get(eni.id)
            is_public = eni.public_ip is not None
            public = (old.public_ip if old else next(free)) if is_public else None
            address, address6 = (old.private_ip_address, old.ipv6_address) if old else (None, None)
            enis[eni.id] = replace(eni, private_ip_address=address, ipv6_address=address6, public_ip=public)
        enis |= {one: before.network.network_interfaces[one] for one in rollout.old}
    made = keep_addresses(cloud.having(network_interfaces=enis, rollouts=rollouts), before)
    return cloud if made == cloud else made


def _services(cloud: Cloud) -> list[str]:
    return [id_ for id_ in owners(cloud) if cloud.template.resources[id_].type == SERVICE]


def _next(cloud: Cloud, before: Cloud, id_: str) -> Rollout:
    """Return the last deployment of a service: that of the cloud before, or one that begins."""
    was = rollout_of(before, id_)
    old = [one for one in was.old if before.network.network_interfaces[one].subnet_id in cloud.network.subnets]
    if same(_revision(cloud, id_), _revision(before, id_)):
        running = [one for one in was.starting if one in (*old, *_names(_renamed(cloud, before, id_, was)))]
        return replace(was, starting=tuple(running), earlier=_of(old, was.earlier), draining=_of(old, was.draining))
    current = [eni.id for eni in places(before, id_) if eni.subnet_id in cloud.network.subnets]
    earlier = (*_of(old, was.earlier), *current)
    begun = Rollout(was.number + 1, _of(earlier, was.starting), earlier, _of(old, was.draining))
    return replace(begun, starting=(*begun.starting, *_names(_renamed(cloud, before, id_, begun))))


def _renamed(cloud: Cloud, before: Cloud, id_: str, rollout: Rollout) -> list[NetworkInterface]:
    """Return the interfaces of a deployment; the cloud has them under their names, or under those of an earlier one.

    A cloud that was read again has no old ones, and names its own as those of the first deployment, which may still drain.
    """
    every = cloud.network.interfaces_of(id_)
    old = {*rollout_of(before, id_).old} if any(_NUMBER in eni.id for eni in every) else set()
    own = [eni for eni in every if eni.id not in old]
    end = f"{_NUMBER}{rollout.number}" if rollout.number > 1 else ""
    return [replace(eni, id=f"{eni.id.partition(_NUMBER)[0]}{end}") for eni in own]


def _names(enis: Iterable[NetworkInterface]) -> tuple[str, ...]:
    return tuple(eni.id for eni in enis)


def _of(some: Iterable[str], among: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in some if one in among)


def _revision(cloud: Cloud, id_: str) -> tuple[Any, ...]:
    """Return what the tasks of a service follow from: a change of it is a deployment."""
    service, definition = cloud.template.resources[id_].properties, definition_of(cloud, id_)
    assert definition is not None
    properties = {name: value for name, value in definition.resource.properties.items() if name not in _OF_RECORDS}
    return (
        definition.resource.id, properties, images_of(cloud, id_),
        service.get("NetworkConfiguration"), service.get("ForceNewDeployment"),
    )  # fmt: skip
