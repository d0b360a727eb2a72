"""Tasks of a stack's services, and those that run without a service.

A task of a service that ends is started again after a pause that doubles each time; a task without one is not. Where its
definition changes, a task without a service is replaced at its interface, and a service is deployed again (`deployments`).
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from netful.account.ecs.view import View
from netful.engine.tasks.definition import SERVICE, TASK, definition_of
from netful.engine.tasks.places import owners, places
from netful.functions.invocations.logs import LogGroup
from netful.hosts.tasks.state import ServiceState, Status, TaskState
from netful.images import overlay
from netful.model.cloud import Cloud
from netful.model.difference import same
from netful.services.http.backend_requests import CallHost
from netful.services.tls.authority import Authority
from netful.stack.network.networks import Networks
from netful.stack.running_cloud import Part, RunningCloud
from netful.stack.tasks import provisions
from netful.stack.tasks.deployments import Balanced, Deployments
from netful.stack.tasks.task_run import Surroundings, TaskOrder, TaskRun, order_of

_SETTLE_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_STEADY_SECONDS = 10.0
_FAREWELL_SECONDS = 2.0


class Tasks(Part):
    """The part of the stack that runs tasks."""

    def __init__(
        self,
        running: RunningCloud,
        networks: Networks,
        authority: Authority,
        folder: Path,
        call_host: CallHost,
        files: Path,
        balanced: Callable[[], Balanced],
    ) -> None:
        self._running = running
        self._cloud = self._before = running.cloud
        self._groups: dict[str, LogGroup] = {}
        self._named: set[str] = set()
        self.runs: dict[str, TaskRun] = {}
        self.deployments = Deployments(running, self, balanced)
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._restarts: Counter[str] = Counter()
        self._authority = authority
        self._around = Surroundings(networks, call_host, folder, folder / ".top", authority.bundle, self.group, files)

    async def start(self) -> None:
        """Run the tasks."""
        await self.follow(self._cloud, self._cloud)
        await self.settle()

    async def settle(self) -> None:
        """Observe the services, and begin their deployments."""
        self.deployments.follow(self._before, self._running.cloud)

    async def follow(self, before: Cloud, cloud: Cloud) -> None:
        """Run the tasks of another cloud; those that are the same in both run on. Returns when they run or have stopped."""
        await self.vacate(cloud)
        self._before, self._cloud = before, cloud
        wanted = {order.interface.id: order for order in self._orders(cloud)}
        if wanted and not self._around.top.is_dir():
            await asyncio.to_thread(overlay.make_top, self._around.top, self._authority.bundle)
        alone = {
            id_: run for id_, run in self.runs.items() if cloud.template.resources[run.order.owner_id].type != SERVICE
        }
        for id_ in [id_ for id_, run in alone.items() if not same(run.order, wanted[id_])]:
            await self.end(id_, "Scaling activity initiated by deployment")
        starting = {id_ for one in cloud.compute.rollouts.values() for id_ in one.starting}
        await asyncio.gather(*map(self._settled, wanted.keys() - self.runs.keys() - starting))

    async def vacate(self, cloud: Cloud) -> None:
        """End the tasks of interfaces where another cloud has none, or whose network is gone."""
        old = {id_ for one in cloud.compute.rollouts.values() for id_ in one.old}
        wanted = {order.interface.id for order in self._orders(cloud)} | (old & cloud.network.network_interfaces.keys())
        for id_ in [id_ for id_, run in self.runs.items() if id_ not in wanted or run.cut]:
            await self.end(id_, "Scaling activity initiated")

    async def begin(self, id_: str) -> None:
        """Start the task of an interface."""
        order = next(one for one in self._orders(self._cloud) if one.interface.id == id_)
        self.runs[id_] = run = TaskRun(order, self._cloud, self._around)
        self._keepers[id_] = asyncio.create_task(self._keep(id_))
        if self._is_of_service(run):
            self.deployments.note(order.owner_id, f"has started 1 tasks: (task {run.state.id}).")

    async def _settled(self, id_: str) -> None:
        """Start the task of an interface, and wait until it runs, at most for a while."""
        await self.begin(id_)
        waiting = asyncio.ensure_future(self.runs[id_].settled.wait())
        await asyncio.wait({waiting}, timeout=_SETTLE_SECONDS)
        waiting.cancel()

    async def _keep(self, id_: str) -> None:
        """Start the task of a service again whenever it has ended."""
        pause, loop = _FIRST_PAUSE, asyncio.get_running_loop()
        while True:
            began, run = loop.time(), self.runs[id_]
            await asyncio.wait({run.ended})
            if not self._is_restarted(run):
                return
            pause = _FIRST_PAUSE if loop.time() - began >= _STEADY_SECONDS else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)
            self.runs[id_] = TaskRun(run.order, self._cloud, self._around)
            self._restarts[id_] += 1

    def _is_of_service(self, run: TaskRun) -> bool:
        return self._cloud.template.resources[run.order.owner_id].type == SERVICE

    def _is_restarted(self, run: TaskRun) -> bool:
        """Return whether a task that has ended is started again."""
        if self._is_of_service(run):
            return self.deployments.goes_on(run.order.owner_id, run)
        return self._cloud.template.resources[run.order.owner_id].type != TASK

    async def end(self, id_: str, reason: str) -> None:
        """End the task of an interface, and do not start it again."""
        self._keepers.pop(id_).cancel()
        run = self.runs.pop(id_)
        del self._restarts[id_]
        await run.stop("ServiceSchedulerInitiated", reason)
        if run.order.owner_id in self._cloud.template.resources and self._is_of_service(run):
            self.deployments.note(run.order.owner_id, f"has stopped 1 running tasks: (task {run.state.id}).")

    def _orders(self, cloud: Cloud) -> Iterator[TaskOrder]:
        view = View(cloud)
        for owner_id in owners(cloud):
            definition = definition_of(cloud, owner_id)
            for interface in places(cloud, owner_id) if definition else ():
                assert definition is not None
                yield order_of(cloud, owner_id, interface, definition, view.task_arn(owner_id, interface))

    def group(self, name: str) -> LogGroup:
        """Return the log group with a name: that of the `awslogs` driver, else the service's id."""
        return self._groups.setdefault(name, LogGroup(name))

    @property
    def delivered(self) -> list[LogGroup]:
        """The log groups of the `awslogs` driver."""
        containers = [one for run in self.runs.values() for one in run.order.definition.containers]
        self._named.update(one.log_group for one in containers if one.log_group)
        return [group for name, group in self._groups.items() if name in self._named]

    def logs(self, owner_id: str | None = None) -> list[LogGroup]:
        """Return the log groups of a service's containers, of all without an id."""
        runs = [run.order for run in self.runs.values() if owner_id in (None, run.order.owner_id)]
        names = (one.log_group or order.owner_id for order in runs for one in order.definition.containers)
        return [self._groups[name] for name in dict.fromkeys(names) if name in self._groups]

    def states(self) -> Mapping[str, TaskState]:
        """Return the states of the tasks, by interface."""
        return {id_: run.state for id_, run in self.runs.items()}

    def services(self) -> Mapping[str, ServiceState]:
        """Return the states of the services, by id."""
        return self.deployments.states()

    @property
    def warnings(self) -> Iterator[str]:
        """Return warnings for tasks that do not run, with the reason, and for deployments that failed."""
        yield from self.deployments.warnings
        definitions = (run.order.definition for run in self.runs.values())
        yield from dict.fromkeys(warning for one in definitions for warning in provisions.missing(one))
        for run in self.runs.values():
            state, owner = run.state, self._cloud.template.resources[run.order.owner_id]
            if state.status is not Status.RUNNING and state.stop_code not in ("", "UserInitiated"):
                yield f"{owner.origin}: a task of `{owner.id}` has stopped: {state.stopped_reason}"

    def status(self) -> list[dict[str, Any]]:
        """Return the tasks as `netful status --format json` prints them, like hosts, in the template's order and by address."""
        number = {id_: number for number, id_ in enumerate(self._cloud.template.resources)}
        runs = [(run.order.owner_id, run.order.interface.private_ip_address, run) for run in self.runs.values()]
        return [
            {
                "resource": owner_id,
                "address": str(address),
                "command": ", ".join(one.image for one in run.order.definition.containers),
                "engine": "",
                "state": str(run.state.status).lower(),
                "restarts": self._restarts[run.order.interface.id],
                "why": run.state.stopped_reason,
            }
            for owner_id, address, run in sorted(runs, key=lambda one: (number.get(one[0], -1), str(one[1])))
        ]

    async def close(self) -> None:
        """End all tasks at once."""
        self.deployments.close()
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(
            *(run.stop("UserInitiated", "the stack ended", most=_FAREWELL_SECONDS) for run in self.runs.values())
        )
        self.runs.clear()
        await asyncio.to_thread(partial(shutil.rmtree, self._around.folder, ignore_errors=True))
