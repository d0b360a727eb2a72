"""Deployments of services of ECS: the tasks, by their interfaces, that are not simply those of the service."""

from netful.model.core import Frozen


class Rollout(Frozen):
    """The last deployment of a service: its number, and tasks by interface.

    `starting` tasks get no requests yet, others of `earlier` deployments still do, and `draining` ones only finish theirs.
    """

    number: int = 1
    starting: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    draining: tuple[str, ...] = ()

    @property
    def old(self) -> tuple[str, ...]:
        """The tasks of earlier deployments."""
        return (*self.earlier, *self.draining)
