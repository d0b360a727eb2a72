"""A task at its interface, from its check to the end of its last container.

| status | meaning |
|---|---|
| PROVISIONING | the paths of its interface are judged, secrets read, images unpacked |
| PENDING | containers start, in the order of `DependsOn` |
| RUNNING | every container has started |
| DEPROVISIONING | an essential container has ended, or the task is stopped: the containers end in the opposite order |
| STOPPED | no container runs |
"""

import asyncio
import contextlib
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netful.engine.files.mounts import Folder, folder_of
from netful.engine.tasks.definition import Container, TaskDefinition, Volume
from netful.engine.tasks.places import images_of
from netful.fabric.position import Position
from netful.functions.code import file_folders
from netful.functions.invocations.logs import LogGroup, LogStream
from netful.hosts.tasks.state import Health, Status, TaskState
from netful.images import builds, store
from netful.model.cloud import Cloud
from netful.model.core import Frozen, StackError
from netful.model.functions.images import Image
from netful.model.names.generated.instance_dns import private_dns_name
from netful.model.network.network_interface import NetworkInterface
from netful.services.http.backend_requests import CallHost
from netful.stack.network.networks import Networks
from netful.stack.tasks import endpoint, provisions
from netful.stack.tasks.container_run import ContainerRun, Root
from netful.stack.tasks.provisions import NotProvisionedError


class Surroundings(Frozen, dict=True):
    """The parts of a stack that tasks use. `logs` returns the log group of a name."""

    networks: Networks
    call_host: CallHost
    folder: Path
    top: Path
    bundle: Path
    logs: Callable[[str], LogGroup]
    files: Path


class TaskOrder(Frozen):
    """A task that is to run: the same order means the same task."""

    owner_id: str
    definition: TaskDefinition
    images: Mapping[str, Image | None]
    interface: NetworkInterface
    arn: str
    role_arn: str


class TaskRun:
    """One task. `settled` is set when it runs and its health checks pass for the first time, or when it has stopped."""

    def __init__(self, order: TaskOrder, cloud: Cloud, around: Surroundings) -> None:
        self.order = order
        self.settled = asyncio.Event()
        self._cloud = cloud
        self._around = around
        self._folder = around.folder / order.arn.rpartition("/")[2]
        self._changed = asyncio.Event()
        self._runs: list[ContainerRun] = []
        self._state = TaskState(order.arn.rpartition("/")[2], Status.PROVISIONING, (), datetime.now(UTC))
        self._stopping = asyncio.Event()
        self._most = math.inf
        self._position: Position | None = None
        self._task = asyncio.create_task(self._live())

    @property
    def state(self) -> TaskState:
        """The state of the task and its containers."""
        return replace(self._state, containers=tuple(run.state for run in self._runs))

    @property
    def ended(self) -> asyncio.Task[None]:
        """The life of the task: it is done when the task has stopped."""
        return self._task

    @property
    def cut(self) -> bool:
        """Return whether its interface is gone, or was built again, as after another address."""
        return self._position is not None and self._position.cut

    async def stop(self, code: str, reason: str, most: float = math.inf) -> None:
        """Stop the task, and wait for its end; each container has at most this time in seconds."""
        self._most = most
        self._note(code, reason)
        self._stopping.set()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _live(self) -> None:
        metadata = endpoint.TaskEndpoint(self.order.owner_id, self.order.role_arn, self._described)
        try:
            position = self._position = await self._around.networks.interface(self.order.interface.id)
            given = await self._provisioned()
            if self.order.definition.of_ecs:
                await metadata.start(self._around.networks, position)
            self._state = replace(self._state, status=Status.PENDING)
            await self._start_all(position, given)
            if self._essential_ended() is None and not self._stopping.is_set():
                self._state = replace(self._state, status=Status.RUNNING, started_at=datetime.now(UTC))
                await self._until(lambda: self._healthy() or self._essential_ended() is not None)
                self.settled.set()
                await self._until(lambda: self._essential_ended() is not None)
            ended = self._essential_ended()
            if ended is not None:
                self._note("EssentialContainerExited", "Essential container in task exited")
        except NotProvisionedError as refusal:
            self._note("TaskFailedToStart", str(refusal))
        except (StackError, OSError) as problem:
            self._note("TaskFailedToStart", f"CannotStartContainerError: {problem}")
        finally:
            self._state = replace(self._state, status=Status.DEPROVISIONING)
            for run in reversed(self._runs):
                await run.stop(self._most)
            metadata.close()
            self._state = replace(self._state, status=Status.STOPPED, stopped_at=datetime.now(UTC))
            self.settled.set()
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _note(self, code: str, reason: str) -> None:
        """Record why the task stops; the first reason counts."""
        if not self._state.stop_code:
            self._state = replace(self._state, stop_code=code, stopped_reason=reason)

    async def _provisioned(self) -> dict[str, Mapping[str, str]]:
        """Check the paths, unpack the images, and return the secrets of each container."""
        definition = self.order.definition
        await asyncio.to_thread(provisions.check, self._cloud, definition, self.order.interface.id)
        await asyncio.to_thread(provisions.check_files, self._cloud, definition, self.order.interface)
        provisions.check_secrets(self._cloud, definition)
        given = {}
        for container in definition.containers:
            given[container.name] = await provisions.variables(container, self._cloud, self._around.call_host)
            self._runs.append(await self._made(container))
        return given

    async def _made(self, container: Container) -> ContainerRun:
        image = self.order.images[container.image]
        assert image is not None  # a task without its images is not started
        file = builds.archive_of(image.build) if image.build else Path(image.path)
        manifest, folder = await asyncio.to_thread(store.unpacked, file, image.tag)
        root = Root(
            manifest, store.home() / folder, self._around.top, self._folder / container.name, self._mounts(container)
        )
        group = self._around.logs(container.log_group or self.order.owner_id)
        prefix = f"{container.log_prefix}/" if container.log_prefix else ""
        log = LogStream(group, f"{prefix}{container.name}/{self._state.id}")
        return ContainerRun(container, root, log, self._changed)

    def _mounts(self, container: Container) -> tuple[tuple[str, str, str, bool], ...]:
        """Return the volumes of a container: folders that the task's containers share."""
        found = []
        for mount in container.mounts:
            volume = self.order.definition.volumes.get(mount.volume, Volume())
            if volume.file_system_id or volume.access_point:
                found.append((str(self._around.files), self._file_folder(volume), mount.path, mount.read_only))
                continue
            folder = self._folder / "volumes" / mount.volume.replace("/", "_")
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o1777)
            found.append((str(folder.parent), folder.name, mount.path, mount.read_only))
        return tuple(found)

    def _file_folder(self, volume: Volume) -> str:
        """Return the folder of a volume of EFS, below those of all file systems."""
        cloud = self._cloud
        plain = Folder(cloud.named(volume.file_system_id), volume.path, owner=None)
        folder = folder_of(cloud, volume.access_point) if volume.access_point else plain
        path = file_folders.made(self._around.files, folder) if folder else None
        if path is None:
            raise NotProvisionedError(
                provisions.MOUNT.format(volume.file_system_id, "access point or folder does not exist")
            )
        return path

    async def _start_all(self, position: Any, given: Mapping[str, Mapping[str, str]]) -> None:
        """Start the containers, each after those that it depends on."""
        waiting = [*self._runs]
        hostname = private_dns_name(str(position.address), self._region)
        while waiting and not self._stopping.is_set() and self._essential_ended() is None:
            ready = [run for run in waiting if self._may_start(run)]
            for run in ready:
                waiting.remove(run)
                own = self._variables(run)
                await run.start(self._around.networks, position, {**own, **given[run.container.name]}, hostname)
            if waiting and not ready:
                if problem := next((p for p in map(self._never, waiting) if p), ""):
                    self._note("TaskFailedToStart", problem)
                    return
                await self._until(lambda: any(map(self._may_start, waiting)) or any(map(self._never, waiting)))

    @property
    def _region(self) -> str:
        return self._cloud.region_of_interface(self.order.interface)

    def _variables(self, run: ContainerRun) -> dict[str, str]:
        """Return the variables that ECS adds to those of a container."""
        if not self.order.definition.of_ecs:
            return {}
        return endpoint.variables(run.state.runtime_id, self._state.id, self._region)

    def _may_start(self, run: ContainerRun) -> bool:
        return all(_holds(condition, self._named(name)) for name, condition in run.container.depends_on.items())

    def _never(self, run: ContainerRun) -> str:
        """Return why a container cannot start any more, "" if it may."""
        for name, condition in run.container.depends_on.items():
            other = self._named(name)
            if other is None:
                return f"container {run.container.name} depends on {name}, which the task does not have"
            state = other.state
            failed = state.status is Status.STOPPED and (
                condition == "HEALTHY" or (condition == "SUCCESS" and state.exit_code)
            )
            if failed or (condition == "HEALTHY" and state.health is Health.UNHEALTHY):
                return f"dependency container {name} did not reach the condition {condition}"
        return ""

    def _named(self, name: str) -> ContainerRun | None:
        return next((run for run in self._runs if run.container.name == name), None)

    def _healthy(self) -> bool:
        return all(
            run.container.health is None or run.state.health is Health.HEALTHY
            for run in self._runs
            if run.state.status is Status.RUNNING
        )

    def _essential_ended(self) -> ContainerRun | None:
        """Return an essential container that has ended, or is unhealthy."""
        return next(
            (
                run
                for run in self._runs
                if run.container.essential
                and (run.state.status is Status.STOPPED or run.state.health is Health.UNHEALTHY)
            ),
            None,
        )

    async def _until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, or the task is stopped."""
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            while not holds() and not self._stopping.is_set() and self._essential_ended() is None:
                self._changed.clear()
                changing = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({stopping, changing}, return_when=asyncio.FIRST_COMPLETED)
                changing.cancel()
        finally:
            stopping.cancel()

    def _described(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the task and its containers as the metadata endpoint describes them."""
        state, order = self.state, self.order
        network = {
            "NetworkMode": "awsvpc",
            "IPv4Addresses": [str(order.interface.private_ip_address)],
            "AttachmentIndex": 0,
        }
        containers = {
            one.runtime_id: {
                "DockerId": one.runtime_id,
                "Name": one.name,
                "DockerName": one.name,
                "Image": one.image,
                "DesiredStatus": "RUNNING",
                "KnownStatus": one.status,
                "Type": "NORMAL",
                "Labels": {"com.amazonaws.ecs.task-arn": order.arn, "com.amazonaws.ecs.container-name": one.name},
                "Networks": [network],
            }
            for one in state.containers
        }
        family, _, revision = self._cloud.aws_id(order.definition.resource.id).rpartition("/")[2].rpartition(":")
        task = {
            "Cluster": order.arn.split("/")[1],
            "TaskARN": order.arn,
            "Family": family,
            "Revision": revision,
            "DesiredStatus": "RUNNING",
            "KnownStatus": state.status,
            "AvailabilityZone": self._cloud.network.zone_of_interface(order.interface),
            "LaunchType": "FARGATE" if order.definition.is_fargate else "EC2",
        }
        return task, containers


def _holds(condition: str, other: ContainerRun | None) -> bool:
    if other is None:
        return False
    state = other.state
    match condition:
        case "COMPLETE":
            return state.status is Status.STOPPED
        case "SUCCESS":
            return state.status is Status.STOPPED and state.exit_code == 0
        case "HEALTHY":
            return state.health is Health.HEALTHY
    return state.status is not Status.PENDING


def order_of(
    cloud: Cloud, owner_id: str, interface: NetworkInterface, definition: TaskDefinition, arn: str
) -> TaskOrder:
    """Return the order for a task at an interface."""
    role = definition.role or ""
    role_arn = role if role.startswith("arn:") else cloud.arn("iam", f"role/{role}")
    return TaskOrder(owner_id, definition, images_of(cloud, owner_id), interface, arn, role_arn)
