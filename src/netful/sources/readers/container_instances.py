"""Container instances: the instances and fleets of ECS clusters, at whose interfaces the tasks of some services are.

Tasks in the network modes `bridge` and `host` have no interfaces of their own. In `host` mode a container has its own port
there. In `bridge` mode it has the written host port, else one that Docker chooses.
An instance is in the cluster whose capacity provider has its fleet, or that its user data or `AWS::CloudFormation::Init` names.
"""

import re
from collections.abc import Iterator, Mapping

from netful.model.balancing.load_balancers import Registration
from netful.model.core import Maybe, Unknown
from netful.model.functions.user_data import text_of
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.sources.readers import launching
from netful.sources.template.reading import Inventory, Reader

_FIRST_CHOSEN, _LAST_CHOSEN = 32768, 60999
_NAMED = re.compile(r"ECS_CLUSTER\s*=\s*[\"']?([\w-]+)")
_DEFAULT_CLUSTER = "default"


def services_by_host(inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """Return the services whose tasks are at the interfaces of an instance or a fleet, by its id."""
    services = inventory.of("AWS::ECS::Service")
    hosts = inventory.of("AWS::EC2::Instance", launching.FLEET) if services else ()
    clusters = {host.id: {*_clusters(inventory, host)} for host in hosts}
    found: dict[str, list[str]] = {}
    for service in filter(_shares_interfaces, services):
        cluster = _cluster(inventory, service.text("Cluster") or _DEFAULT_CLUSTER)
        fleets = {*_provided(inventory, service, cluster)}
        for id_, named in clusters.items():
            if id_ in fleets or cluster in named:
                found.setdefault(id_, []).append(service.id)
    return {id_: tuple(ids) for id_, ids in found.items()}


def unplaced(inventory: Inventory, hosts: Mapping[str, tuple[str, ...]]) -> Iterator[NetworkInterface]:
    """Yield an interface of unknown place for each service whose tasks are at instances that are not known."""
    placed = {id_ for ids in hosts.values() for id_ in ids}
    for service in filter(_shares_interfaces, inventory.of("AWS::ECS::Service")):
        if service.id not in placed and service.number("DesiredCount") != 0:
            needs = (f"the container instances of {service.id}",)
            where = Unknown(f"the container instances of `{service.id}` are not known", needs)
            yield NetworkInterface(
                f"eni-{service.id}", InterfaceOwner.SERVICE, service.id, where, (where,), origin=service.origin
            )


def registration(inventory: Inventory, service: Reader, balancer: Reader) -> Registration:
    """Return the registration of a service at a load balancer: at the ports of its containers, or at those of their hosts."""
    port, definition = balancer.number("ContainerPort"), service.text("TaskDefinition")
    tasks = inventory.of("AWS::ECS::TaskDefinition")
    task = next((one for one in tasks if definition in (one.id, one.get("Family"))), None)
    host_port = _host_port(task, balancer.text("ContainerName"), port) if task else None
    if task is None or not _shares_interfaces(service) or task.text("NetworkMode") == "host":
        return Registration(service.id, port)
    return Registration(service.id, host_port) if host_port else Registration(service.id, _FIRST_CHOSEN, _LAST_CHOSEN)


def _host_port(task: Reader, container: Maybe[str] | None, port: Maybe[int] | None) -> Maybe[int] | None:
    """Return the host port that a task definition gives to a container's port."""
    if isinstance(containers := task.get("ContainerDefinitions"), Unknown):
        return containers
    for one in task.parts("ContainerDefinitions"):
        for mapped in one.parts("PortMappings"):
            if (one.text("Name"), mapped.number("ContainerPort")) == (container, port):
                return mapped.number("HostPort")
    return None


def _shares_interfaces(service: Reader) -> bool:
    own = service.has("NetworkConfiguration")  # only tasks in the mode `awsvpc` have one
    return not own and service.text("LaunchType") not in ("FARGATE", "EXTERNAL")


def _cluster(inventory: Inventory, named: Maybe[str]) -> Maybe[str]:
    """Return the id of the cluster with a name or an ARN; the name of one that is not loaded."""
    if isinstance(named, Unknown):
        return named
    name = named.rpartition("/")[2]
    every = inventory.of("AWS::ECS::Cluster")
    return next((one.id for one in every if name in (one.id, one.get("ClusterName"))), name)


def _provided(inventory: Inventory, service: Reader, cluster: Maybe[str]) -> Iterator[str]:
    """Yield the fleets of the capacity providers that a service or its cluster names."""
    names = {part.text("CapacityProvider") for part in service.parts("CapacityProviderStrategy")}
    for one in inventory.of("AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations"):
        if cluster in (one.id, _cluster(inventory, one.text("Cluster") or "")):
            names |= {*one.known_texts("CapacityProviders")}
    for provider in inventory.of("AWS::ECS::CapacityProvider"):
        if not names.isdisjoint((provider.id, provider.text("Name"))):
            named = provider.part("AutoScalingGroupProvider").text("AutoScalingGroupArn")
            fleets = inventory.of(launching.FLEET)
            yield from (one.id for one in fleets if named in (one.id, one.get("AutoScalingGroupName")))


def _clusters(inventory: Inventory, host: Reader) -> Iterator[Maybe[str]]:
    """Yield the clusters that an instance's user data names, and those that it or its template refers to."""
    found = launching.layers(inventory, host)
    layers = (host,) if isinstance(found, Unknown) else found
    says = launching.strongest(layers, "UserData")
    text = text_of(says.literal("UserData") if says else None)
    yield from (_cluster(inventory, name) for name in _NAMED.findall(text))
    for id_ in {layer.id for layer in layers}:
        yield from inventory.resources[id_].references
