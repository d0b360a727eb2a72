"""Interfaces where tasks run: a service has one for each subnet, or more, and as many tasks as its desired count.

The scheduler of ECS spreads tasks over the zones. With fewer tasks than subnets it may choose any of them, so verdicts consider
each interface; netful's tasks are at the first ones. A service of the strategy `DAEMON` has a task at each. The same holds for the
interfaces of container instances, where tasks without interfaces of their own are.
A service runs as tasks if this machine has the images of all its containers, and `netful.toml` has no command for it. A host with an image of `netful.toml` runs
it as one task at its one address.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from netful.engine.names.dns_answer import DnsAnswer
from netful.engine.names.managed_places import place_of
from netful.engine.tasks.definition import SERVICE, TASK, definition_of
from netful.model.cloud import Cloud
from netful.model.core import QuestionError, Resource, whole_number
from netful.model.functions.images import Image
from netful.model.functions.rollouts import Rollout
from netful.model.network.network_interface import NetworkInterface

_SCALING = "AWS::ApplicationAutoScaling::ScalableTarget"


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
    given = cloud.template.resources[owner_id].properties
    if given.get("SchedulingStrategy") == "DAEMON":
        old = rollout_of(cloud, owner_id).old
        return len([eni for eni in cloud.network.places_of(owner_id) if eni.id not in old])
    return whole_number(given.get("DesiredCount"), 1)


def refuse_without_tasks(cloud: Cloud, resource: Resource | None) -> None:
    """Raise QuestionError for a service that has no tasks by itself."""
    if resource is not None and resource.type == SERVICE and whole_number(resource.properties.get("DesiredCount")) == 0:
        scaling = (one.id for one in cloud.template.of_type(_SCALING) if resource.id in one.references)
        until = "".join(f", until `{id_}` raises it" for id_ in scaling)
        what = f"`{resource.id}` has no tasks: its `DesiredCount` is 0{until}"
        raise QuestionError(what, origin=resource.origin, hint="ask with `DesiredCount: 1`")


def places(cloud: Cloud, owner_id: str) -> list[NetworkInterface]:
    """Return the interfaces of the tasks of a service, of a task without one, or of a host."""
    managed = place_of(cloud, owner_id)
    return [managed] if managed is not None else _candidates(cloud, owner_id)[: desired_count(cloud, owner_id)]


def _candidates(cloud: Cloud, owner_id: str) -> list[NetworkInterface]:
    """Return the interfaces where new tasks may be: one of each zone, then the second one of each, and so on."""
    old = rollout_of(cloud, owner_id).old
    every = (eni for eni in cloud.network.interfaces_of(owner_id) if eni.id not in old)
    own = [eni for eni in every if eni.private_ip_address is not None or eni.ipv6_address is not None]
    before: Counter[str] = Counter()
    turns: dict[str, int] = {}
    for eni in own:
        zone = cloud.network.zone_of_interface(eni)
        turns[eni.id] = before[zone]
        before[zone] += 1
    return sorted(own, key=lambda eni: turns[eni.id])


def spare_places(cloud: Cloud, owner_id: str) -> int:
    """Return the number of interfaces of a service that have no task, whichever its scheduler chooses; 0 for other resources."""
    owner = cloud.template.resources.get(owner_id)
    if owner is None or owner.type != SERVICE:
        return 0
    possible = (
        _candidates(cloud, owner_id) if cloud.network.interfaces_of(owner_id) else cloud.network.places_of(owner_id)
    )
    return max(0, len(possible) - desired_count(cloud, owner_id))


def chance_of(cloud: Cloud, owner: str, interface: NetworkInterface) -> str:
    """Return the assumption of a path to or from an interface of a service that has spare ones."""
    subnet, own = interface.subnet_id, places(cloud, owner)
    if not own:
        return f"AWS may run tasks of {owner} at any of its container instances; this is the path of one in {subnet}"
    here = ", ".join(dict.fromkeys(str(eni.subnet_id) for eni in own))
    return f"AWS may run tasks of {owner} in any of its subnets, `netful up` runs them in {here}; this is the path of one in {subnet}"


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
    if owner is None or owner.type != SERVICE:
        return True
    here = cloud.derived((__name__, owner.id), lambda: {eni.id for eni in places(cloud, owner.id)})
    return interface.id in here or interface.id in rollout_of(cloud, owner.id).earlier


def as_placed(cloud: Cloud) -> Cloud:
    """Return a running cloud without the interfaces of services that have no task."""
    enis = cloud.network.network_interfaces
    ending = {one for it in cloud.compute.rollouts.values() for one in it.draining}
    there = {id_: eni for id_, eni in enis.items() if id_ in ending or is_placed(cloud, eni)}
    return cloud if len(there) == len(enis) else cloud.having(network_interfaces=there)


def is_starting(cloud: Cloud, interface: NetworkInterface) -> bool:
    """Return whether an interface is that of a task which a deployment starts, and which has no request yet."""
    return interface.id in rollout_of(cloud, interface.owner_id).starting
