"""Interfaces where tasks run: a service has one for each subnet, or more, and as many tasks as its desired count.

A service runs as tasks if this machine has the images of all its containers, and `netful.toml` has no command for it. A host with an image of `netful.toml` runs
it as one task at its one address.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.names.dns_answer import DnsAnswer
from netful.engine.names.managed_places import place_of
from netful.engine.tasks.definition import SERVICE, TASK, definition_of
from netful.model.cloud import Cloud
from netful.model.core import whole_number
from netful.model.functions.images import Image
from netful.model.functions.rollouts import Rollout
from netful.model.network.network_interface import NetworkInterface


def owners(cloud: Cloud) -> Iterator[str]:
    """Yield the services, tasks and hosts that run as tasks."""
    with_images = {one.id for one in cloud.compute.programs.values() if one.image}
    every = (one for one in cloud.template.resources.values() if one.type in (SERVICE, TASK) or one.id in with_images)
    return (one.id for one in every if runs_as_tasks(cloud, one.id))


def runs_as_tasks(cloud: Cloud, owner_id: str) -> bool:
    """Return whether a service, a task without one, or a host runs from images."""
    program = cloud.compute.programs.get(owner_id)
    if (program is not None and not program.image) or definition_of(cloud, owner_id) is None:
        return False
    return None not in images_of(cloud, owner_id).values()


def images_of(cloud: Cloud, owner_id: str) -> dict[str, Image | None]:
    """Return the images of a task's containers by their names in the definition; None where this machine has none."""
    found = definition_of(cloud, owner_id)
    containers = found.containers if found else ()
    return {one.image: cloud.compute.image(one.image, f"{owner_id}.{one.name}", owner_id) for one in containers}


def desired_count(cloud: Cloud, owner_id: str) -> int:
    """Return the number of tasks that a service is to have."""
    return whole_number(cloud.template.resources[owner_id].properties.get("DesiredCount"), 1)


def places(cloud: Cloud, owner_id: str) -> list[NetworkInterface]:
    """Return the interfaces of the tasks of a service, of a task without one, or of a host."""
    managed = place_of(cloud, owner_id)
    if managed is not None:
        return [managed]
    old = rollout_of(cloud, owner_id).old
    every = cloud.network.interfaces_of(owner_id)
    own = [eni for eni in every if eni.private_ip_address is not None and eni.id not in old]
    return own[: desired_count(cloud, owner_id)]


def rollout_of(cloud: Cloud, owner_id: str) -> Rollout:
    """Return the last deployment of a service."""
    return cloud.compute.rollouts.get(owner_id) or Rollout()


def where_tasks_are(cloud: Cloud, answer: DnsAnswer) -> DnsAnswer:
    """Return an answer without the addresses of a service's interfaces that have no task: Cloud Map registers tasks alone."""
    there = tuple(
        one
        for one in answer.addresses
        if all(is_placed(cloud, eni) and not is_starting(cloud, eni) for eni in cloud.network.interfaces_with(one))
    )
    return answer if len(there) == len(answer.addresses) else replace(answer, addresses=there)


def is_placed(cloud: Cloud, interface: NetworkInterface) -> bool:
    """Return whether something may run at an interface: of a service's, only those of its tasks have one."""
    owner = cloud.template.resources.get(interface.owner_id)
    if owner is None or owner.type != SERVICE or not runs_as_tasks(cloud, owner.id):
        return True
    return interface in places(cloud, owner.id) or interface.id in rollout_of(cloud, owner.id).earlier


def is_starting(cloud: Cloud, interface: NetworkInterface) -> bool:
    """Return whether an interface is that of a task which a deployment starts, and which has no request yet."""
    return interface.id in rollout_of(cloud, interface.owner_id).starting
