"""Port that a resource listens on, for a question without a port.

- Load balancer: 443 if it listens there, else the lowest port that it listens on.
- Target of a load balancer: the port that receives the requests.
- ECS service that is not a target: the first port of its containers.
- Other resources: the `Port` property, or the port of the engine or type.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from netful.engine.names.managed_places import proxy_of, server_of
from netful.model.balancing.load_balancers import Registration, Target
from netful.model.cloud import Cloud
from netful.model.core import Resource, at, mappings, whole_number
from netful.model.network import managed_ports


def default_port(cloud: Cloud, name: str, otherwise: int) -> int:
    """Return the port of a resource; `otherwise` if it is among the ports or no port is known."""
    resource = cloud.template.resources.get(name)
    if name in cloud.balancing.load_balancers:
        ports = [one.port for one in cloud.balancing.listeners_of(name) if isinstance(one.port, int)]
    elif resource is not None and managed_ports.is_managed(resource.type):
        ports = [_of_type(cloud, resource)]
    else:
        ports = _as_target(cloud, name) or [*islice(_of_containers(cloud, resource), 1)]
    return otherwise if otherwise in ports or not ports else min(ports)


def _as_target(cloud: Cloud, name: str) -> list[int]:
    """Return the ports on which load balancers send requests to the resource."""
    found: list[object] = []
    for group in cloud.balancing.target_groups.values():
        members: tuple[Registration | Target, ...] = (*group.registered_by, *group.targets)
        found += [group.port if one.port is None else one.port for one in members if one.id == name]
    return [port for port in found if isinstance(port, int)]


def _of_type(cloud: Cloud, resource: Resource) -> int:
    server = cloud.template.resources[server_of(cloud, resource.id)]
    is_own = resource.type == server.type and "Port" in resource.properties
    own = proxy_of(cloud, resource.id) or (resource if is_own else server)
    if own.type == "AWS::MSK::Cluster":
        return _of_brokers(own.properties)
    engine = own.properties.get("Engine", own.properties.get("EngineFamily"))
    return managed_ports.port_of(own.type, own.properties.get("Port"), engine)


def _of_containers(cloud: Cloud, service: Resource | None) -> Iterator[int]:
    named = service.properties.get("TaskDefinition") if service is not None else None
    task = cloud.template.resources.get(cloud.named(named)) if isinstance(named, str) else None
    for container in mappings(task.properties.get("ContainerDefinitions")) if task is not None else ():
        for mapped in mappings(container.get("PortMappings")):
            port = whole_number(mapped.get("ContainerPort"))
            if port is not None:
                yield port


def _of_brokers(properties: Mapping[str, Any]) -> int:
    """Return the port of a Kafka cluster's brokers: for IAM, for SCRAM, for plain text only, else for TLS."""
    iam, scram, plain = (
        str(at(properties, path)).lower()
        for path in (
            "ClientAuthentication.Sasl.Iam.Enabled",
            "ClientAuthentication.Sasl.Scram.Enabled",
            "EncryptionInfo.EncryptionInTransit.ClientBroker",
        )
    )
    return 9098 if iam == "true" else 9096 if scram == "true" else 9092 if plain == "plaintext" else 9094
