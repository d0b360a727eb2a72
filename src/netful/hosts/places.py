"""Interfaces at which a resource's program or server runs.

An instance runs it at its first interface. A service of ECS runs one for each of its tasks, others one in each of their subnets. A database or cache runs in one of its
group's subnets, a cluster of memcached at an interface for each node. An instance or a database that is stopped runs none.
"""

from collections.abc import Iterator

from netful.engine.names.managed_places import nodes_of, place_of
from netful.engine.tasks.places import is_placed
from netful.fabric.kernel.node import addresses_of
from netful.model.cloud import Cloud
from netful.model.network.listening import can_answer
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


def hosts_of(cloud: Cloud) -> Iterator[str]:
    """Yield the resources at whose interfaces something can answer."""
    for id_ in dict.fromkeys(eni.owner_id for eni in cloud.network.network_interfaces.values()):
        resource = cloud.template.resources.get(id_)
        if can_answer(cloud.network.interfaces_of(id_)[0].owner, resource.type if resource else ""):
            yield id_


def places_of(cloud: Cloud, name: str) -> Iterator[NetworkInterface]:
    """Yield the interfaces where the program of a host runs, by the host's id, or by the tag `Name` of instances."""
    for host in (name, *_tagged(cloud, name)):
        managed = place_of(cloud, host)
        there = [eni for eni in cloud.network.interfaces_of(host) if addresses_of(eni) and not eni.idle]
        if managed is not None:
            nodes = nodes_of(cloud, host).values() or (managed,)
            yield from (eni for eni in nodes if not eni.idle)
        elif there and there[0].owner is InterfaceOwner.SERVICE:
            yield from (eni for eni in there if is_placed(cloud, eni))
        else:
            yield from there[:1]


def _tagged(cloud: Cloud, name: str) -> Iterator[str]:
    """Yield the instances that have a name as their tag `Name`, if nothing has it as its id."""
    wanted, resources = {"Key": "Name", "Value": name}, cloud.template.resources
    for one in resources.values() if name not in resources else ():
        if one.type == "AWS::EC2::Instance" and wanted in (one.properties.get("Tags") or ()):
            yield one.id
