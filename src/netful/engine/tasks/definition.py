"""Task definitions of ECS: their containers, as far as they run here.

| not supported | then |
|---|---|
| `Links`, `DockerLabels`, `Ulimits`, limits of CPU | no effect |
| a volume that is not of EFS | an empty folder that the task's containers share |
| the `PosixUser` of an access point | files are of the container's own user |
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec import field

from netful.engine.files.mounts import folder_of
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Resource, Unknown, is_true, listed, mapping, mappings, whole_number
from netful.model.functions.programs import Program

SERVICE, TASK = "AWS::ECS::Service", "Netful::ECS::Task"
"""Types of a service, and of a task that a call runs without one: it has the properties of a service with one subnet."""
_DEFINITION = "AWS::ECS::TaskDefinition"
_STOP_SECONDS = 30


class HealthCheck(Frozen):
    """A command that returns 0 where the container is healthy. Times are in seconds."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


class MountPoint(Frozen):
    """A volume of the task at a path of the container."""

    volume: str
    path: str
    read_only: bool = False


class Container(Frozen):
    """A container. None for a command, an entry point, a folder or a user leaves the image's.

    `secrets` are the values' places by the variables' names. `depends_on` are conditions by the names of containers.
    `environment_files` are ARNs of objects with variables. `log_group` is that of the `awslogs` driver, "" without it.
    """

    name: str
    image: str
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    essential: bool = True
    depends_on: Mapping[str, str] = field(default_factory=dict)
    health: HealthCheck | None = None
    log_group: str = ""
    log_prefix: str = ""
    working_directory: str = ""
    user: str = ""
    stop_seconds: int = _STOP_SECONDS
    read_only: bool = False
    mounts: tuple[MountPoint, ...] = ()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    environment_files: tuple[Maybe[str], ...] = ()


class Volume(Frozen):
    """A volume of EFS: its access point, or a folder of the file system. A volume of no file system is an empty folder."""

    file_system_id: str = ""
    access_point: str = ""
    path: str = ""


class TaskDefinition(Frozen):
    """A task definition, with the resource that has it. `role` is the task role, as written.

    `of_ecs` is False for the container of a host, which has no task around it.
    """

    resource: Resource
    containers: tuple[Container, ...]
    role: str | None = None
    is_fargate: bool = True
    of_ecs: bool = True
    volumes: Mapping[str, Volume] = field(default_factory=dict)


def definition_of(cloud: Cloud, owner_id: str) -> TaskDefinition | None:
    """Return the task definition of a service, of a task without one, or of a host with an image; None where it is not loaded."""
    owner = cloud.template.resources.get(owner_id)
    program = cloud.compute.programs.get(owner_id)
    if owner is not None and program is not None and program.image:
        return _of_program(owner, program)
    name = owner.properties.get("TaskDefinition") if owner and owner.type in (SERVICE, TASK) else None
    found = cloud.template.resources.get(cloud.named(name)) if isinstance(name, str) else None
    if owner is None or found is None or found.type != _DEFINITION:
        return None
    containers = tuple(_container(one) for one in mappings(found.properties.get("ContainerDefinitions")))
    overrides = {
        str(one.get("Name")): one
        for one in mappings(mapping(owner.properties.get("Overrides")).get("ContainerOverrides"))
    }
    role = found.properties.get("TaskRoleArn")
    return TaskDefinition(
        found,
        tuple(_overridden(one, overrides.get(one.name, {})) for one in containers),
        role if isinstance(role, str) else None,
        volumes=volumes_of(found),
        is_fargate=is_fargate(cloud, owner, found),
    )


def is_fargate(cloud: Cloud, owner: Resource, task: Resource) -> bool:
    """Return whether Fargate runs the tasks of a service: on instances, the instance fetches images and sends logs."""
    strategy = owner.properties.get("CapacityProviderStrategy") or _strategy_of_cluster(cloud, owner)
    providers = [str(one.get("CapacityProvider")) for one in mappings(strategy)]
    if "LaunchType" in owner.properties or providers:
        return owner.properties.get("LaunchType") == "FARGATE" or any(one.startswith("FARGATE") for one in providers)
    return listed(task.properties.get("RequiresCompatibilities")) == ["FARGATE"]


def _strategy_of_cluster(cloud: Cloud, owner: Resource) -> Any:
    """Return the strategy that a cluster has for tasks that name neither a launch type nor a strategy."""
    cluster = cloud.named(str(owner.properties.get("Cluster")))
    every = cloud.template.of_type("AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations")
    own = (one for one in every if cluster in (one.id, cloud.named(str(one.properties.get("Cluster")))))
    return next(filter(None, (one.properties.get("DefaultCapacityProviderStrategy") for one in own)), None)


def _of_program(owner: Resource, program: Program) -> TaskDefinition:
    """Return the definition of a host's one container, with what `netful.toml` declares for it."""
    words = tuple(shlex.split(program.command)) or None
    container = Container(owner.id, program.image, command=words, environment=program.environment)
    return TaskDefinition(owner, (container,), is_fargate=False, of_ecs=False)


def _container(written: Mapping[str, Any]) -> Container:
    logs = mapping(written.get("LogConfiguration"))
    options = mapping(logs.get("Options")) if logs.get("LogDriver") == "awslogs" else {}
    return Container(
        name=str(written.get("Name")),
        image=str(written.get("Image")),
        entry_point=_words(written.get("EntryPoint")),
        command=_words(written.get("Command")),
        environment=_pairs(written.get("Environment"), "Value"),
        secrets=_pairs(written.get("Secrets"), "ValueFrom"),
        essential=str(written.get("Essential", True)).lower() != "false",
        depends_on={
            str(one.get("ContainerName")): str(one.get("Condition")) for one in mappings(written.get("DependsOn"))
        },
        health=_health(mapping(written.get("HealthCheck"))),
        log_group=_text(options.get("awslogs-group")),
        log_prefix=_text(options.get("awslogs-stream-prefix")),
        working_directory=_text(written.get("WorkingDirectory")),
        user=_text(written.get("User")),
        stop_seconds=whole_number(written.get("StopTimeout"), _STOP_SECONDS),
        read_only=is_true(written.get("ReadonlyRootFilesystem")),
        mounts=tuple(_mounts(written.get("MountPoints"))),
        unknown={
            str(one.get("Name")): one["Value"]
            for one in mappings(written.get("Environment"))
            if isinstance(one.get("Value"), Unknown)
        },
        environment_files=_files(written),
    )


def _overridden(container: Container, override: Mapping[str, Any]) -> Container:
    """Return a container with the overrides of RunTask."""
    environment = {**container.environment, **_pairs(override.get("Environment"), "Value")}
    unknown = {name: value for name, value in container.unknown.items() if name not in environment}
    return replace(
        container,
        environment=environment,
        unknown=unknown,
        command=_words(override.get("Command")) or container.command,
        environment_files=_files(override) or container.environment_files,
    )


def volumes_of(definition: Resource) -> dict[str, Volume]:
    """Return the volumes of a task definition by their names."""
    return {str(one.get("Name")): _volume(one) for one in mappings(definition.properties.get("Volumes"))}


def file_system_of(cloud: Cloud, volume: Volume) -> str:
    """Return the file system of a volume, also by its access point; "" without one."""
    folder = folder_of(cloud, volume.access_point) if volume.access_point else None
    return folder.file_system_id if folder else cloud.named(volume.file_system_id)


def _volume(written: Mapping[str, Any]) -> Volume:
    config = mapping(written.get("EFSVolumeConfiguration")) or mapping(written.get("EfsVolumeConfiguration"))
    point = mapping(config.get("AuthorizationConfig")).get("AccessPointId")
    name = config.get("FilesystemId") or config.get("FileSystemId")
    return Volume(_text(name), _text(point), _text(config.get("RootDirectory")).strip("/"))


def _health(written: Mapping[str, Any]) -> HealthCheck | None:
    kind, *words = _words(written.get("Command")) or ("",)
    if kind == "CMD-SHELL":
        words = ["/bin/sh", "-c", " ".join(words)]
    if not words:  # `NONE`, too, has no words after it
        return None
    return HealthCheck(
        tuple(words), whole_number(written.get("Interval"), 30), whole_number(written.get("Timeout"), 5),
        whole_number(written.get("Retries"), 3), whole_number(written.get("StartPeriod"), 0),
    )  # fmt: skip


def _mounts(written: Any) -> Iterator[MountPoint]:
    for one in mappings(written):
        if isinstance(one.get("SourceVolume"), str) and str(one.get("ContainerPath")).startswith("/"):
            read_only = is_true(one.get("ReadOnly"))
            yield MountPoint(one["SourceVolume"], str(one["ContainerPath"]), read_only)


def _files(written: Mapping[str, Any]) -> tuple[Maybe[str], ...]:
    values = (one.get("Value") for one in mappings(written.get("EnvironmentFiles")))
    return tuple(value if isinstance(value, Unknown) else _text(value) for value in values)


def _pairs(written: Any, value: str) -> dict[str, str]:
    return {
        str(one.get("Name")): _text(one[value]) for one in mappings(written) if not isinstance(one.get(value), Unknown)
    }


def _words(written: Any) -> tuple[str, ...] | None:
    return tuple(map(str, written)) if isinstance(written, list | tuple) and written else None


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Unknown) else str(value)
