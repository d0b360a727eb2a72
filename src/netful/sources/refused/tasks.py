"""Services of ECS that AWS refuses: their target groups, containers and public addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, at, is_list_of_mappings, mappings, texts, whole_number

_SERVICE, _DEFINITION = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_BALANCED = ("LoadBalancers", "ServiceRegistries", "VpcLatticeConfigurations", "DeploymentController")
_SIZES = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
"""The MiB of memory that a task of Fargate may have, by its CPU units (1,024 are one vCPU)."""
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


def network_modes(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services whose network configuration does not fit the network mode of their task definition."""
    for service in cloud.template.of_type(_SERVICE):
        definition = _named(cloud, service.properties.get("TaskDefinition"), _DEFINITION)
        mode = definition.properties.get("NetworkMode", "bridge") if definition else None
        if (
            definition is None
            or not isinstance(mode, str)
            or service.properties.get("DeploymentController") is not None
        ):
            continue
        configured = service.properties.get("NetworkConfiguration")
        if mode == "awsvpc" and configured is None:
            yield (
                service.id,
                f"the network mode of `{definition.id}` is awsvpc, and it has no subnets",
            )
        elif mode != "awsvpc" and at(configured, "AwsvpcConfiguration.Subnets"):
            yield (
                service.id,
                f"the network mode of `{definition.id}` is {mode}, and it has subnets",
            )


def settings(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield services with a setting that their launch type, or a service without a load balancer, does not have."""
    for service in cloud.template.of_type(_SERVICE):
        own = service.properties
        if own.get("SchedulingStrategy") == "DAEMON" and own.get("LaunchType") == "FARGATE":
            yield service.id, "its strategy is DAEMON, and its launch type FARGATE"
        if whole_number(own.get("HealthCheckGracePeriodSeconds"), 0) and not any(map(own.get, _BALANCED)):
            yield service.id, "it has a grace period of health checks, and no load balancer"


def definitions(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield task definitions that Fargate does not run, and those with two ports where a task has one address."""
    for definition in cloud.template.of_type(_DEFINITION):
        own = definition.properties
        mode = own.get("NetworkMode", "bridge")
        if "FARGATE" in texts(own.get("RequiresCompatibilities")) and isinstance(mode, str) and mode != "awsvpc":
            yield definition.id, f"tasks of Fargate have the network mode awsvpc, not {mode}"
        for mapped in _mapped(own) if mode == "awsvpc" else ():
            here, inside = whole_number(mapped.get("HostPort")), whole_number(mapped.get("ContainerPort"))
            if here and inside is not None and here != inside:
                yield (
                    definition.id,
                    f"the network mode is awsvpc, and port {here} of the host is not port {inside} of the container",
                )


def sizes(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield task definitions of Fargate with CPU and memory that it does not have together. Larger ones may be newer."""
    for definition in cloud.template.of_type(_DEFINITION):
        own = definition.properties
        cpu, memory = whole_number(own.get("Cpu")), whole_number(own.get("Memory"))
        fargate = "FARGATE" in texts(own.get("RequiresCompatibilities"))
        if fargate and cpu and memory and cpu <= max(_SIZES) and memory not in _SIZES.get(cpu, ()):
            yield definition.id, f"Fargate has no tasks of {cpu} CPU units with {memory} MiB"


def _mapped(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for container in mappings(definition.get("ContainerDefinitions")):
        yield from mappings(container.get("PortMappings"))


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
