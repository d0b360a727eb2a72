"""Services of ECS that AWS refuses: their target groups, containers and public addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, at, is_list_of_mappings, mappings, whole_number

_SERVICE, _DEFINITION = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_ASSIGNED = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"


def instance_groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services whose tasks have addresses of their own, in a target group of instances."""
    for service, balancer in _balancers(cloud):
        group = _named(cloud, balancer.get("TargetGroupArn"), _GROUP)
        if group is None or group.properties.get("TargetType", "instance") != "instance":
            continue
        definition = _named(cloud, service.properties.get("TaskDefinition"), _DEFINITION)
        is_awsvpc = definition is not None and definition.properties.get("NetworkMode") == "awsvpc"
        if is_awsvpc or service.properties.get("LaunchType") == "FARGATE":
            yield (
                service.id,
                f"its tasks have addresses of their own, and the target type of `{group.id}` is `instance`",
            )


def missing_containers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services that register a container or a port that their task definition does not have."""
    for service, balancer in _balancers(cloud):
        name, port = balancer.get("ContainerName"), whole_number(balancer.get("ContainerPort"))
        definition = _named(cloud, service.properties.get("TaskDefinition"), _DEFINITION)
        containers = definition.properties.get("ContainerDefinitions") if definition else None
        if definition is None or not containers or not is_list_of_mappings(containers) or not isinstance(name, str):
            continue
        ports = {one.get("Name"): one.get("PortMappings") for one in containers}
        if not all(isinstance(one, str) for one in ports):
            continue
        if name not in ports:
            yield service.id, f"`{definition.id}` has no container `{name}`"
        elif port is not None and _lacks(ports[name], port):
            yield service.id, f"the container `{name}` of `{definition.id}` has no port {port}"


def _lacks(written: object, port: int) -> bool:
    """Return whether mappings surely do not have a port; a range of ports may have it."""
    ports = [whole_number(one.get("ContainerPort")) for one in mappings(written)]
    return is_list_of_mappings(written) and None not in ports and port not in ports


def public_addresses(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services that ask for public addresses at instances."""
    for service in cloud.template.of_type(_SERVICE):
        if service.properties.get("LaunchType") == "EC2" and at(service.properties, _ASSIGNED) in ("ENABLED", True):
            yield service.id, "tasks at instances have no public address"


def _balancers(cloud: Cloud) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    return (
        (one, balancer)
        for one in cloud.template.of_type(_SERVICE)
        for balancer in mappings(one.properties.get("LoadBalancers"))
    )


def _named(cloud: Cloud, name: object, type_: str) -> Resource | None:
    """Return the loaded resource of a type that a property names."""
    found: Resource | None = cloud.template.resources.get(cloud.named(name)) if isinstance(name, str) else None
    return found if found is not None and found.type == type_ else None
