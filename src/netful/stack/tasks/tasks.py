"""Tasks of a stack's services, and those that run without a service.

A task of a service that ends is started again after a pause that doubles each time; a task without one is not. A service's tasks
are replaced one after the other where their definition changes, each at its interface.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from netful.account.ecs.view import View
from netful.engine.tasks.definition import TASK, definition_of
from netful.engine.tasks.places import owners, places
from netful.functions.invocations.logs import LogGroup
from netful.hosts.tasks.state import Status, TaskState
from netful.images import overlay
from netful.model.cloud import Cloud
from netful.model.difference import same
from netful.services.http.backend_requests import CallHost
from netful.services.tls.authority import Authority
from netful.stack.network.networks import Networks
from netful.stack.tasks.task_run import Surroundings, TaskOrder, TaskRun, order_of

_SETTLE_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_STEADY_SECONDS = 10.0
_FAREWELL_SECONDS = 2.0


class Tasks:
    """The part of the stack that runs tasks."""

    def __init__(
        self, cloud: Cloud, networks: Networks, authority: Authority, folder: Path, call_host: CallHost, files: Path
    ) -> None:
        self._cloud = cloud
        self._groups: dict[str, LogGroup] = {}
        self._named: set[str] = set()
        self._runs: dict[str, TaskRun] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._authority = authority
        self._around = Surroundings(networks, call_host, folder, folder / ".top", authority.bundle, self.group, files)

    async def start(self) -> None:
        """Run the tasks."""
        await self.follow(self._cloud, self._cloud)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the tasks of another cloud; those that are the same in both run on. Returns when they run or have stopped."""
        await self.vacate(cloud)
        self._cloud = cloud
        wanted = {order.interface.id: order for order in self._orders(cloud)}
        if wanted and not self._around.top.is_dir():
            await asyncio.to_thread(overlay.make_top, self._around.top, self._authority.bundle)
        changed = [id_ for id_, run in self._runs.items() if not same(run.order, wanted[id_])]
        for id_ in changed:  # one after the other: a service keeps its other tasks
            await self._end(id_, "Scaling activity initiated by deployment")
            await self._begin(wanted[id_])
        fresh = [order for id_, order in wanted.items() if id_ not in self._runs]
        await asyncio.gather(*map(self._begin, fresh))

    async def vacate(self, cloud: Cloud) -> None:
        """End the tasks of interfaces where another cloud has none."""
        wanted = {order.interface.id for order in self._orders(cloud)}
        for id_ in [*self._runs.keys() - wanted]:
            await self._end(id_, "Scaling activity initiated")

    async def _begin(self, order: TaskOrder) -> None:
        """Start a task, and wait until it runs, at most for a while."""
        id_ = order.interface.id
        self._runs[id_] = TaskRun(order, self._cloud, self._around)
        self._keepers[id_] = asyncio.create_task(self._keep(id_))
        waiting = asyncio.ensure_future(self._runs[id_].settled.wait())
        await asyncio.wait({waiting}, timeout=_SETTLE_SECONDS)
        waiting.cancel()

    async def _keep(self, id_: str) -> None:
        """Start the task of a service again whenever it has ended."""
        pause, loop = _FIRST_PAUSE, asyncio.get_running_loop()
        while True:
            began, run = loop.time(), self._runs[id_]
            await asyncio.wait({run.ended})
            if self._cloud.template.resources[run.order.owner_id].type == TASK:
                return
            pause = _FIRST_PAUSE if loop.time() - began >= _STEADY_SECONDS else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)
            self._runs[id_] = TaskRun(run.order, self._cloud, self._around)

    async def _end(self, id_: str, reason: str) -> None:
        self._keepers.pop(id_).cancel()
        await self._runs.pop(id_).stop("ServiceSchedulerInitiated", reason)

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
        containers = [one for run in self._runs.values() for one in run.order.definition.containers]
        self._named.update(one.log_group for one in containers if one.log_group)
        return [group for name, group in self._groups.items() if name in self._named]

    def logs(self, owner_id: str | None = None) -> list[LogGroup]:
        """Return the log groups of a service's containers, of all without an id."""
        runs = [run.order for run in self._runs.values() if owner_id in (None, run.order.owner_id)]
        names = (one.log_group or order.owner_id for order in runs for one in order.definition.containers)
        return [self._groups[name] for name in dict.fromkeys(names) if name in self._groups]

    def states(self) -> Mapping[str, TaskState]:
        """Return the states of the tasks, by interface."""
        return {id_: run.state for id_, run in self._runs.items()}

    @property
    def warnings(self) -> Iterator[str]:
        """Return warnings for tasks that do not run, with the reason."""
        for run in self._runs.values():
            state, owner = run.state, self._cloud.template.resources[run.order.owner_id]
            if state.status is not Status.RUNNING and state.stop_code not in ("", "UserInitiated"):
                yield f"{owner.origin}: a task of `{owner.id}` has stopped: {state.stopped_reason}"

    def status(self) -> list[dict[str, Any]]:
        """Return the tasks as `netful status --format json` prints them, like hosts."""
        return [
            {
                "resource": run.order.owner_id,
                "address": str(run.order.interface.private_ip_address),
                "command": ", ".join(one.image for one in run.order.definition.containers),
                "engine": "",
                "state": str(run.state.status).lower(),
                "restarts": 0,
                "why": run.state.stopped_reason,
            }
            for run in self._runs.values()
        ]

    async def close(self) -> None:
        """End all tasks at once."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(
            *(run.stop("UserInitiated", "the stack ended", most=_FAREWELL_SECONDS) for run in self._runs.values())
        )
        self._runs.clear()
        await asyncio.to_thread(partial(shutil.rmtree, self._around.folder, ignore_errors=True))
