"""A running stack: what `up` assembles and `down` ends.

The parts and the order in which they come up (they go down the other way round):

    the cloud         from the templates
    back ends         AWS services in a process of their own, slow to start, so begun first
    networks          namespaces and doors
    front             what answers at the doors
    functions         zygotes and sandboxes
    control           the socket for the verbs
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from netful import sources
from netful.fabric.rights import Mode, is_root
from netful.fabric.thread import NamespaceThread
from netful.functions.service import FunctionService
from netful.functions.service import Settings as FunctionSettings
from netful.model.cloud import Cloud
from netful.model.function import Function
from netful.services.authority import Authority
from netful.services.backend import Backends
from netful.services.front import Front
from netful.stack.control import ControlServer
from netful.stack.folder import StackFolder
from netful.stack.networks import Networks
from netful.stack.settings import Settings

log = logging.getLogger(__name__)

_FAREWELL_SECONDS = 2.0


class Stack:
    """One stack, from `start` to `close`. `ended` is set when it shall end."""

    def __init__(self, settings: Settings, folder: StackFolder, *, progress: Callable[[str], None]) -> None:
        self.ended = asyncio.Event()
        self.mode = Mode.ROOT if _on_the_host() else Mode.ROOTLESS
        self.cloud: Cloud = Cloud()
        self.folder = folder
        self._settings = settings
        self._progress = progress
        self._tasks: list[asyncio.Task[Any]] = []
        self._closers: list[Callable[[], Coroutine[Any, Any, None]]] = []

    async def start(self) -> None:
        """Bring everything up; raises NetfulError when something cannot be."""
        self._progress("reading the templates")
        self.cloud = _load(self._settings)
        self.authority = Authority(self.folder.path)
        self._progress("starting services")
        self.backends = Backends(self.cloud, self.folder.path)
        self._closers.append(self.backends.close)
        starting = asyncio.create_task(self.backends.start())
        self._tasks.append(starting)
        thread = NamespaceThread()
        self._closers.append(lambda: asyncio.to_thread(thread.close))
        self._progress("building the network")
        self.networks = Networks(self.cloud, thread)
        self._closers.append(self.networks.close)
        await self.networks.build()
        self.front = Front(self.cloud, self.authority, self.backends)
        await self.networks.open(self.front)
        self._progress("warming functions up")
        settings = FunctionSettings(ca_bundle=self.authority.bundle)
        self.functions = FunctionService(self.cloud, self.networks.attach, self.folder.path / "functions", settings)
        self._closers.append(self.functions.close)
        await self.functions.start()
        await starting
        self._listen()

    def _listen(self) -> None:
        from netful.stack.verbs import handlers  # noqa: PLC0415  # verbs know the stack; the stack knows only that they are

        self._control = ControlServer(self.folder.control, handlers(self))
        self._tasks.append(asyncio.create_task(self._control.serve()))
        self._closers.append(lambda: self._control.finish(_FAREWELL_SECONDS))

    async def close(self) -> None:
        """Take everything down; a part that fails does not keep the others up."""
        self.ended.set()
        while self._closers:
            try:
                await self._closers.pop()()
            except Exception:
                log.exception("a part of the stack did not end in order")
        for task in self._tasks:
            task.cancel()

    # --- what is told about it --------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """The status as `netful status --format json` prints it."""
        return {
            "state": "running",
            "stack": self.folder.name,
            "mode": str(self.mode),
            "endpoint_url": None,
            "apis": [],
            "functions": [self._function(function) for function in self.cloud.functions.values()],
            "load_balancers": [],
            "console": None,
            "warnings": [*self.cloud.warnings, *self.functions.warnings, *self.backends.warnings],
        }

    def _function(self, function: Function) -> dict[str, Any]:
        problem = self.functions.problems.get(function.id)
        enis = self.cloud.interfaces_of(function.id)
        missing = function.in_vpc and not any(eni.private_ip_address for eni in enis)
        return {
            "resource": function.id,
            "name": function.function_name,
            "state": "Failed" if problem or missing else "Active",
            "why": problem.what if problem else "it has no network interface" if missing else "",
            "environments": len(self.functions.environments(function.id)),
            "interfaces": [f"{e.id} {e.private_ip_address} in {e.subnet_id}" for e in enis],
            "url": None,
        }


def _load(settings: Settings) -> Cloud:
    return sources.load(
        [Path(template) for template in settings.templates],
        parameters=dict(settings.parameters),
        parameter_files=[Path(path) for path in settings.parameter_files],
        region=settings.region,
    )


def _on_the_host() -> bool:
    """Whether this process is in the machine's own user namespace, where every id is mapped."""
    mapped = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return is_root() and mapped[:3] != ["0", mapped[1], "1"]
