"""Deployments of services: new tasks start beside the old ones, which end when the new ones are healthy.

| step | when |
|---|---|
| new tasks start | within `MaximumPercent` of the desired count |
| they get requests, old ones no more | they run, and their health checks and those of their target groups succeed; within `MinimumHealthyPercent` |
| old tasks end | their last request through a load balancer was answered, at the latest after the deregistration delay |
| the deployment fails | as many tasks as the circuit breaker allows have ended: none is started again, or the service goes back |
| a task is replaced | its target group finds it unhealthy after the grace period |
"""

import asyncio
import contextlib
import logging
import math
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from netful.account.changes import Put, changed
from netful.account.ecs.view import View
from netful.balancer.health import TargetHealth
from netful.engine.tasks.definition import SERVICE, definition_of
from netful.engine.tasks.places import desired_count, owners, places, rollout_of
from netful.functions.invocations.background import Background
from netful.hosts.tasks.state import Deployment, Event, Health, RolloutState, ServiceState, Status
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import NetfulError, Resource, file_name, mapping, whole_number
from netful.model.functions.rollouts import Rollout
from netful.stack.running_cloud import RunningCloud
from netful.stack.tasks.task_run import TaskRun

_STEP_SECONDS, _STEADY_SECONDS = 0.1, 1.0
_FEWEST_FAILURES, _MOST_FAILURES = 3, 200
_DELAY_SECONDS = 300
_INTERVAL_SECONDS = 30
_EVENTS = 100
_TRUE = (True, "true")

log = logging.getLogger(__name__)


class Balanced(Protocol):
    """The load balancers, as deployments need them."""

    def target_health(self) -> Mapping[tuple[str, str], TargetHealth]:
        """Return the health of targets, by group and target."""

    async def drained(self) -> None:
        """Wait until each request that began before the last change was answered."""


class Placed(Protocol):
    """The tasks."""

    @property
    def runs(self) -> Mapping[str, TaskRun]:
        """The tasks by their interfaces."""

    async def begin(self, id_: str) -> None:
        """Start the task of an interface."""

    async def end(self, id_: str, reason: str) -> None:
        """End the task of an interface, and do not start it again."""


@dataclass
class _Attempt:
    """A deployment of a service. `before` are the service and its definition of the deployment before."""

    number: int
    definition: str
    before: tuple[Resource, Resource] | None
    id: str = field(default_factory=lambda: f"ecs-svc/{uuid.uuid4().int % 10**19:019}")
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: RolloutState = RolloutState.IN_PROGRESS
    reason: str = ""
    failed: int = 0


@dataclass
class _Service:
    """A service: its deployments, the last one last, and its events, the last one first."""

    attempts: list[_Attempt]
    events: list[Event] = field(default_factory=list)
    loop: asyncio.Task[None] | None = None


class Deployments:
    """The deployments of the services of a stack."""

    def __init__(self, running: RunningCloud, tasks: Placed, balanced: Callable[[], Balanced]) -> None:
        self._running = running
        self._tasks = tasks
        self._balanced = balanced
        self._services: dict[str, _Service] = {}
        self._background = Background()
        self._changed = asyncio.Event()

    def follow(self, before: Cloud, cloud: Cloud) -> None:
        """Observe the services of a cloud that has become the stack's."""
        wanted = {id_ for id_ in owners(cloud) if cloud.template.resources[id_].type == SERVICE}
        for id_ in self._services.keys() - wanted:
            if (loop := self._services.pop(id_).loop) is not None:
                loop.cancel()
        for id_ in wanted:
            number = rollout_of(cloud, id_).number
            service = self._services.setdefault(id_, _Service([]))
            if not service.attempts or service.attempts[-1].number != number:
                had = (before.template.resources.get(id_), definition_of(before, id_)) if service.attempts else None
                earlier = (had[0], had[1].resource) if had and had[0] and had[1] else None
                arn = View(cloud).definition_arn(cloud.template.resources[id_].properties.get("TaskDefinition"))
                service.attempts.append(_Attempt(number, arn, earlier))
            if service.loop is None or service.loop.done():
                service.loop = asyncio.create_task(self._keep(id_, service))

    async def _keep(self, id_: str, service: _Service) -> None:
        """Take the steps of a service's deployments, and replace tasks that its target groups find unhealthy."""
        while True:
            attempt = service.attempts[-1]
            cloud = self._running.cloud
            if id_ not in cloud.template.resources:
                return
            if rollout_of(cloud, id_).number == attempt.number:
                if attempt.state is RolloutState.IN_PROGRESS:
                    try:
                        await self._advance(id_, service, attempt, cloud)
                    except NetfulError as refused:  # the step is taken again
                        log.warning("a step of a deployment of `%s` failed: %s", id_, refused)
                self._replace_unhealthy(id_, cloud)
            going = attempt.state is RolloutState.IN_PROGRESS
            if not going and not [*_groups(cloud, id_)]:
                return
            await asyncio.sleep(_STEP_SECONDS if going else _STEADY_SECONDS)

    async def _advance(self, id_: str, service: _Service, attempt: _Attempt, cloud: Cloud) -> None:
        """Take the next step of a deployment."""
        rollout, desired = rollout_of(cloud, id_), desired_count(cloud, id_)
        placed = [eni.id for eni in places(cloud, id_)]
        low, high = _limits(cloud.template.resources[id_], desired)
        serving = [one for one in rollout.earlier if one not in rollout.starting]
        old = [one for one in serving if self._status(one) is Status.RUNNING]
        waiting = [one for one in placed if one not in self._tasks.runs]
        room = max(0, high - (len(placed) - len(waiting)) - len(old))
        async with self._running.unchanging() as now:
            for one in waiting[:room] if now is cloud else ():
                await self._tasks.begin(one)
        alone = len(service.attempts) == 1  # its tasks have requests from their start
        ready = {one for one in placed if self._is_ready(one, cloud, id_, first=alone or one in rollout.starting)}
        least = low if waiting[room:] else desired
        leaving = {*rollout.earlier} - {*old[: max(0, least - len(ready))]}
        joining = {*rollout.starting} - {*placed, *rollout.earlier} | {*rollout.starting} & ready
        if joining or leaving:
            await self._running.become(lambda now: _stepped(now, id_, joining, leaving))
            self._report(id_, cloud, len(joining & {*placed}), leaving)
        if leaving:
            self._background.start(self._drain(id_, leaving))
        if len(ready) == len(placed) and joining | leaving >= {*rollout.starting, *rollout.earlier}:
            attempt.state, attempt.reason = RolloutState.COMPLETED, f"ECS deployment {attempt.id} completed."
            self.note(id_, f"(deployment {attempt.id}) deployment completed.")
            self.note(id_, "has reached a steady state.")
            self._changed.set()
        elif attempt.failed >= _most_failures(cloud.template.resources[id_], desired):
            await self._fail(id_, service, attempt, cloud)

    def _status(self, eni_id: str) -> Status | None:
        run = self._tasks.runs.get(eni_id)
        return run.state.status if run is not None else None

    def _is_ready(self, eni_id: str, cloud: Cloud, id_: str, *, first: bool) -> bool:
        """Return whether a task runs and is healthy; a target group has to have found a `first` one healthy."""
        if self._status(eni_id) is not Status.RUNNING:
            return False
        run = self._tasks.runs[eni_id]
        if not run.settled.is_set() or run.state.health is Health.UNHEALTHY:
            return False
        return not first or all(self._found(group, eni_id, cloud) in ("healthy", None) for group in _groups(cloud, id_))

    def _found(self, group: TargetGroup, eni_id: str, cloud: Cloud) -> str | None:
        """Return the state of a target, "" for one that was not looked at yet; None if no load balancer checks the group."""
        eni = cloud.network.network_interfaces[eni_id]
        addresses = (str(eni.private_ip_address), str(eni.ipv6_address))
        of_group = [one for one in self._balanced().target_health().values() if one.group == file_name(group.id)]
        mine = (one.state for one in of_group if one.target.rpartition(":")[0] in addresses)
        state = next(mine, "")
        return None if not of_group or state == "unavailable" else state

    async def _fail(self, id_: str, service: _Service, attempt: _Attempt, cloud: Cloud) -> None:
        """End a deployment whose tasks do not stay: the service goes back to the deployment before, or is left with its tasks."""
        attempt.state = RolloutState.FAILED
        attempt.reason = f"ECS deployment circuit breaker: tasks failed to start. ECS deployment {attempt.id} failed."
        self.note(id_, f"(deployment {attempt.id}) deployment failed: tasks failed to start.")
        starting = rollout_of(cloud, id_).starting
        for eni in places(cloud, id_):  # one that has requests already stays, until the way back drains it
            if eni.id in self._tasks.runs and (eni.id in starting or self._status(eni.id) is not Status.RUNNING):
                await self._tasks.end(eni.id, "Scaling activity initiated by deployment")
        if _breaker(cloud.template.resources[id_]).get("Rollback") in _TRUE and attempt.before:
            self.note(id_, f"rolling back to deployment {service.attempts[-2].id}.")
            put = tuple(map(Put, attempt.before))
            await self._running.become(lambda now: changed(now, put))
        self._changed.set()

    async def _drain(self, id_: str, leaving: Iterable[str]) -> None:
        """End tasks when their requests were answered, and remove their interfaces."""
        cloud = self._running.cloud
        if groups := [*_groups(cloud, id_)]:
            self.note(id_, f"has begun draining connections on {len([*leaving])} tasks.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(map(_delay, groups))):
                    await self._balanced().drained()
        gone = [one for one in leaving if one in self._tasks.runs]
        await asyncio.gather(*(self._tasks.end(one, "Scaling activity initiated by deployment") for one in gone))
        await self._running.become(lambda now: _without(now, id_, frozenset(leaving)))

    def _replace_unhealthy(self, id_: str, cloud: Cloud) -> None:
        """Stop tasks that a target group has found unhealthy since they are observed."""
        grace = whole_number(cloud.template.resources[id_].properties.get("HealthCheckGracePeriodSeconds"), 0)
        for group in _groups(cloud, id_):
            patience = grace + (group.health_check_interval or _INTERVAL_SECONDS) * group.unhealthy_threshold
            for eni in places(cloud, id_):
                if self._status(eni.id) is not Status.RUNNING or self._found(group, eni.id, cloud) != "unhealthy":
                    continue
                run = self._tasks.runs[eni.id]
                began = run.state.started_at
                if began is not None and (datetime.now(UTC) - began).total_seconds() > patience:
                    why = f"Task failed ELB health checks in (target-group {cloud.aws_id(group.id)})"
                    self._background.start(run.stop("ServiceSchedulerInitiated", why))

    def goes_on(self, id_: str, run: TaskRun) -> bool:
        """Take the end of a task of a service; return whether it is to be started again."""
        service = self._services.get(id_)
        self.note(id_, f"has stopped 1 running tasks: (task {run.state.id}). {run.state.stopped_reason}")
        is_old = run.order.interface.id in rollout_of(self._running.cloud, id_).old
        if service is None or not service.attempts or is_old:
            return True
        service.attempts[-1].failed += 1
        self._changed.set()
        return service.attempts[-1].state is not RolloutState.FAILED

    def note(self, id_: str, text: str) -> None:
        """Record an event of a service."""
        service = self._services.setdefault(id_, _Service([]))
        name = self._running.cloud.aws_id(id_).rpartition("/")[2]
        service.events.insert(0, Event(str(uuid.uuid4()), datetime.now(UTC), f"(service {name}) {text}"))
        del service.events[_EVENTS:]

    def _report(self, id_: str, cloud: Cloud, joined: int, leaving: Iterable[str]) -> None:
        left = len([*leaving])
        for group in (cloud.aws_id(one.id) for one in _groups(cloud, id_)):
            for count, what in ((joined, "registered"), (left, "deregistered")):
                if count:
                    self.note(id_, f"{what} {count} targets in (target-group {group})")

    async def settled(self, most: float) -> None:
        """Wait until each deployment that replaces tasks is over or has lost one, at most this time in seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most):
                while any(map(_is_on_its_way, self._services.values())):
                    self._changed.clear()
                    await self._changed.wait()

    def states(self) -> Mapping[str, ServiceState]:
        """Return the deployments and events of the services, by id."""
        cloud = self._running.cloud
        there = {id_: one for id_, one in self._services.items() if one.attempts and id_ in cloud.template.resources}
        return {id_: ServiceState(tuple(self._described(id_, one)), tuple(one.events)) for id_, one in there.items()}

    def _described(self, id_: str, service: _Service) -> Iterator[Deployment]:
        """Yield the last deployment, and the one before while its tasks serve."""
        cloud, last = self._running.cloud, service.attempts[-1]
        own = [eni.id for eni in places(cloud, id_)]
        yield self._deployment(last, "PRIMARY", desired_count(cloud, id_), own)
        if (earlier := rollout_of(cloud, id_).earlier) and len(service.attempts) > 1:
            yield self._deployment(service.attempts[-2], "ACTIVE", len(earlier), earlier)

    def _deployment(self, attempt: _Attempt, status: str, desired: int, placed: Iterable[str]) -> Deployment:
        found = [*map(self._status, placed)]
        pending = len([one for one in found if one in (Status.PROVISIONING, Status.PENDING)])
        return Deployment(
            attempt.id, status, attempt.definition, attempt.created_at, desired, found.count(Status.RUNNING), pending,
            attempt.failed, attempt.state, attempt.reason,
        )  # fmt: skip

    @property
    def warnings(self) -> Iterator[str]:
        """Return a warning for each service whose last deployment failed."""
        for id_, service in self._services.items():
            owner = self._running.cloud.template.resources.get(id_)
            failed = [one for one in service.attempts[-2:] if one.state is RolloutState.FAILED]
            if owner is not None and failed:
                yield f"{owner.origin}: a deployment of `{id_}` failed: {failed[-1].reason}"

    def close(self) -> None:
        """End the steps of all deployments."""
        loops = [one.loop for one in self._services.values() if one.loop is not None]
        for task in (*loops, *self._background.tasks):
            task.cancel()


def _is_on_its_way(service: _Service) -> bool:
    last = service.attempts[-1] if len(service.attempts) > 1 else None
    return last is not None and last.state is RolloutState.IN_PROGRESS and not last.failed


def _groups(cloud: Cloud, id_: str) -> Iterator[TargetGroup]:
    """Yield the target groups in which the tasks of a service are."""
    every = cloud.balancing.target_groups.values()
    return (group for group in every if any(one.id == id_ for one in group.registered_by))


def _delay(group: TargetGroup) -> int:
    return whole_number(group.attributes.get("deregistration_delay.timeout_seconds"), _DELAY_SECONDS)


def _configured(service: Resource) -> Mapping[str, Any]:
    return mapping(service.properties.get("DeploymentConfiguration"))


def _breaker(service: Resource) -> Mapping[str, Any]:
    return mapping(_configured(service).get("DeploymentCircuitBreaker"))


def _limits(service: Resource, desired: int) -> tuple[int, int]:
    """Return the fewest healthy tasks and the most tasks of a service during a deployment."""
    given = _configured(service)
    low = whole_number(given.get("MinimumHealthyPercent"), 100)
    return math.ceil(desired * low / 100), desired * whole_number(given.get("MaximumPercent"), 200) // 100


def _most_failures(service: Resource, desired: int) -> float:
    """Return the number of tasks that may end before a deployment fails: half of the desired count, between two limits."""
    if _breaker(service).get("Enable") not in _TRUE:
        return math.inf
    return min(max(math.ceil(desired / 2), _FEWEST_FAILURES), _MOST_FAILURES)


def _stepped(cloud: Cloud, id_: str, joining: AbstractSet[str], leaving: AbstractSet[str]) -> Cloud:
    """Return a cloud in which tasks that start have requests, and others no more."""
    was = rollout_of(cloud, id_)
    gone = tuple(one for one in was.earlier if one in leaving)
    return _with(cloud, id_, replace(
        was,
        starting=tuple(one for one in was.starting if one not in joining | leaving),
        earlier=tuple(one for one in was.earlier if one not in leaving),
        draining=(*was.draining, *gone),
    ))  # fmt: skip


def _without(cloud: Cloud, id_: str, gone: AbstractSet[str]) -> Cloud:
    """Return a cloud without the interfaces of tasks that have ended."""
    was = rollout_of(cloud, id_)
    gone &= {*was.draining}
    enis = {one: eni for one, eni in cloud.network.network_interfaces.items() if one not in gone}
    fresh = replace(was, draining=tuple(one for one in was.draining if one not in gone))
    return _with(cloud.having(network_interfaces=enis), id_, fresh)


def _with(cloud: Cloud, id_: str, rollout: Rollout) -> Cloud:
    if rollout == rollout_of(cloud, id_):
        return cloud
    return cloud.having(rollouts={**cloud.compute.rollouts, id_: rollout})
