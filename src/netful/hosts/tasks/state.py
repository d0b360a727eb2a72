"""States of tasks and containers, in ECS's words."""

from datetime import datetime
from enum import StrEnum

from netful.model.core import Frozen


class Status(StrEnum):
    """Status of a task or container."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


class Health(StrEnum):
    """Health of a container by its own check."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


class RolloutState(StrEnum):
    """State of a deployment of a service."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Deployment(Frozen):
    """A deployment of a service: its tasks by their state, `failed` those that ended by themselves."""

    id: str
    status: str
    task_definition: str
    created_at: datetime
    desired: int
    running: int
    pending: int
    failed: int
    state: RolloutState
    reason: str


class Event(Frozen):
    """A message of a service's scheduler."""

    id: str
    created_at: datetime
    message: str


class ServiceState(Frozen):
    """A service: its deployments that have tasks, and its events, the last one first."""

    deployments: tuple[Deployment, ...]
    events: tuple[Event, ...]


class ContainerState(Frozen):
    """A container: its runtime id, and how it is."""

    name: str
    image: str
    runtime_id: str
    status: Status = Status.PENDING
    health: Health = Health.UNKNOWN
    exit_code: int | None = None


class TaskState(Frozen):
    """A task at an interface: its id, how it is, and why it stopped."""

    id: str
    status: Status
    containers: tuple[ContainerState, ...]
    created_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: str = ""
    stopped_reason: str = ""

    @property
    def health(self) -> Health:
        """The health of the task: that of its worst container with a check."""
        every = {one.health for one in self.containers} - {Health.UNKNOWN}
        return Health.UNHEALTHY if Health.UNHEALTHY in every else next(iter(every), Health.UNKNOWN)
