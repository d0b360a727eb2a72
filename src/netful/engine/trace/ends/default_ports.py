"""Protocol and port that a resource listens on, for a question without a port.

- Load balancer: 443 if it listens there, else the lowest port that it listens on.
- Target of a load balancer: the port that receives the requests.
- ECS service that is not a target: the first port of its containers.
- Other resources: the port that is written, or that of the engine or type. Of several, the first one that its groups admit.
"""

from collections.abc import Iterator
from itertools import islice

from netful.engine.flows.flow import Ports
from netful.engine.names.managed_places import proxy_of, server_of
from netful.engine.trace.ends.destinations import Service
from netful.model.balancing.load_balancers import Registration, Target
from netful.model.cloud import Cloud
from netful.model.core import Resource, known_in, mappings, whole_number
from netful.model.network import managed_ports
from netful.model.network.protocols import ALL_PROTOCOLS, TCP, UDP

_BY_UDP = ("UDP", "GENEVE", "QUIC")


def default_port(cloud: Cloud, name: str, otherwise: int) -> int:
    """Return the port of a resource; `otherwise` if it is among the ports or no port is known."""
    return default_service(cloud, name, otherwise).ports.first


def default_service(cloud: Cloud, name: str, otherwise: int) -> Service:
    """Return the protocol and the port of a resource; `otherwise` is its port as in `default_port`."""
    resource = cloud.template.resources.get(name)
    found: list[tuple[int, object]]
    if name in cloud.balancing.load_balancers:
        found = [(_protocol(one.protocol), one.port) for one in cloud.balancing.listeners_of(name)]
    elif resource is not None and managed_ports.is_managed(resource.type):
        ports = [*ports_of(cloud, resource)]
        chosen = otherwise if otherwise in ports else _admitted(cloud, name, ports)
        return Service(TCP, Ports(chosen, chosen))
    else:
        found = [*_as_target(cloud, name)] or [*islice(_of_containers(cloud, resource), 1)]
    known = sorted((protocol, port) for protocol, port in found if isinstance(port, int))
    listed = [port for _, port in known]
    port = otherwise if otherwise in listed or not listed else min(listed)
    return Service(next((protocol for protocol, each in known if each == port), TCP), Ports(port, port))


def _protocol(written: object) -> int:
    """Return the protocol of packets to a listener, a target or a container; TCP if both are served."""
    return UDP if str(written).upper() in _BY_UDP else TCP


def _as_target(cloud: Cloud, name: str) -> Iterator[tuple[int, object]]:
    """Yield the protocols and ports by which load balancers send requests to the resource."""
    for group in cloud.balancing.target_groups.values():
        members: tuple[Registration | Target, ...] = (*group.registered_by, *group.targets)
        for one in members:
            if one.id == name:
                yield _protocol(group.protocol), group.port if one.port is None else one.port


def ports_of(cloud: Cloud, resource: Resource) -> tuple[int, ...]:
    """Return the ports of a database, a cache or another resource of a managed type, the usual one first."""
    own = _with_port(cloud, resource)
    return managed_ports.ports_of(own.type, own.properties)


def _with_port(cloud: Cloud, resource: Resource) -> Resource:
    """Return the resource that decides about the port of one of a managed type."""
    server = cloud.template.resources[server_of(cloud, resource.id)]
    is_own = resource.type == server.type and managed_ports.deciding(resource.type)[0] in resource.properties
    return proxy_of(cloud, resource.id) or (resource if is_own else server)


def unknown_port(cloud: Cloud, name: str) -> str:
    """Return the property by which the port of a managed resource is not known, with its resource; "" if the port is known."""
    resource = cloud.template.resources.get(name)
    if resource is None or not managed_ports.is_managed(resource.type):
        return ""
    own = _with_port(cloud, resource)
    undecided = managed_ports.undecided(own.type, own.properties)
    return f"`{undecided}` of `{own.id}`" if undecided else ""


def _admitted(cloud: Cloud, name: str, ports: list[int]) -> int:
    """Return the first port that a rule of a resource's groups admits; the usual one if none is."""
    groups = (one for eni in cloud.network.interfaces_of(name) for one in eni.security_group_ids)
    found = (known_in(cloud.network.security_groups, group) for group in groups)
    rules = [rule for group in found if group is not None for rule in group.ingress]
    open_ = (
        port
        for port in ports
        if any(
            rule.ip_protocol == ALL_PROTOCOLS or (rule.ip_protocol == TCP and rule.from_port <= port <= rule.to_port)
            for rule in rules
        )
    )
    return next(open_, ports[0])


def _of_containers(cloud: Cloud, service: Resource | None) -> Iterator[tuple[int, int]]:
    named = service.properties.get("TaskDefinition") if service is not None else None
    task = cloud.template.resources.get(cloud.named(named)) if isinstance(named, str) else None
    for container in mappings(task.properties.get("ContainerDefinitions")) if task is not None else ():
        for mapped in mappings(container.get("PortMappings")):
            port = whole_number(mapped.get("ContainerPort"))
            if port is not None:
                yield _protocol(mapped.get("Protocol")), port
