"""States of tasks and containers, in ECS's words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from netful.model.core.frozen import Frozen


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
