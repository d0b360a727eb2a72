"""Workers of a stack and the doors that they serve. A worker that ends is replaced."""

from __future__ import annotations

import asyncio
import logging
import pickle
import socket
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from netful.fabric.doors.door import Door, DoorKind
from netful.gateway.workers.process import WorkerGateway
from netful.gateway.workers.worker import Worker
from netful.gateway.workers.worker_requests import WorkerRequests
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.services.front.reception import Listens
from netful.services.front.routing import endpoint_of
from netful.services.http.serving import Listening, Serving

log = logging.getLogger(__name__)

_SOON_SECONDS = 1.0
CHANGE_SECONDS = 10.0
_FAILURES = (ConnectionError, TimeoutError, StackError)
_STATUS_SECONDS = 5.0  # longer than the wait for a shared-state server that hangs
_Answer = TypeVar("_Answer")
_Asked: TypeAlias = Coroutine[Any, Any, _Answer]
P = ParamSpec("P")
_NO_API_HERE = frozenset({DoorKind.GATEWAY_ENDPOINT})


@dataclass(slots=True, eq=False)
class _OpenDoor:
    """A door that the workers serve."""

    number: int
    door: Door
    sock: socket.socket
    tls: bool
    on_close: Callable[[_OpenDoor], None]

    def close(self) -> None:
        """Accept no more connections."""
        self.on_close(self)


class WorkerPool:
    """Servers of the doors for APIs: `size` workers, each with its own `requests`. `others` serves all other doors.

    A worker that ends is started again, at the earliest a second after its start, so a worker that always ends costs little.
    """

    def __init__(
        self, size: int, cloud: Cloud, settings: WorkerSettings, requests: Callable[[], WorkerRequests], others: Listens
    ) -> None:
        self.restarts = 0
        self._cloud = cloud
        self._settings = settings
        self._requests = requests
        self._others = others
        self._numbers = count(1)
        self._doors: dict[int, _OpenDoor] = {}
        self._up: set[Worker] = set()
        self._size = size
        self._first: list[asyncio.Future[None]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to start the workers."""
        self._first = [asyncio.get_running_loop().create_future() for _ in range(self._size)]
        self._tasks = [asyncio.create_task(self._keep(first)) for first in self._first]

    async def ready(self) -> None:
        """Wait until every worker serves. Raises StackError if one ends before."""
        await asyncio.gather(*self._first)

    def serving(self, door: Door, *, tls: bool) -> Serving:
        """Return the way in which this process itself would serve the connections at a door."""
        return self._others.serving(door, tls=tls)

    async def listen(self, door: Door, sock: socket.socket, *, tls: bool) -> Listening:
        """Serve a listening socket that was opened at a door."""
        endpoint = endpoint_of(self._cloud, door)
        if door.kind in _NO_API_HERE or (endpoint is not None and endpoint.service != "execute-api"):
            return await self._others.listen(door, sock, tls=tls)
        opened = _OpenDoor(next(self._numbers), door, sock, tls, self._shut)
        self._doors[opened.number] = opened
        for worker in self._up:
            _serve(worker, opened)
        return opened

    def _shut(self, door: _OpenDoor) -> None:
        if self._doors.pop(door.number, None) is None:
            return
        door.sock.close()
        for worker in self._up:
            worker.shut(door.number)

    async def change(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on. A worker that does not follow in time is replaced."""
        self._cloud = cloud
        await self._all(WorkerGateway.change, _pickled(cloud))

    async def flush(self, stage_id: str, *, authorizers: bool) -> None:
        """Empty a stage's cache, or that of its authorizers. A worker that does not do so in time is replaced."""
        await self._all(WorkerGateway.flush, stage_id, authorizers=authorizers)

    async def _all(
        self, method: Callable[Concatenate[WorkerGateway, P], _Asked[None]], *arguments: P.args, **named: P.kwargs
    ) -> None:
        async def follow(worker: Worker) -> None:
            try:
                await asyncio.wait_for(worker.stream.ask(method, *arguments, **named), CHANGE_SECONDS)
            except _FAILURES:
                worker.close()

        await asyncio.gather(*map(follow, self._up))

    async def status(self) -> list[dict[str, Any]]:
        """Return the status of each worker's gateway; a worker that does not answer in time is left out."""
        return await self._asked(WorkerGateway.status)

    async def measured(self) -> list[dict[str, Any]]:
        """Return the metrics of all workers since the last time."""
        return [one for some in await self._asked(WorkerGateway.measured) for one in some]

    async def _asked(self, method: Callable[[WorkerGateway], _Asked[_Answer]]) -> list[_Answer]:
        async def asked(worker: Worker) -> _Answer | None:
            try:
                return await asyncio.wait_for(worker.stream.ask(method), _STATUS_SECONDS)
            except _FAILURES:
                return None

        return [one for one in await asyncio.gather(*map(asked, self._up)) if one is not None]

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that serve."""
        return sorted(worker.pid for worker in self._up)

    async def _keep(self, first: asyncio.Future[None]) -> None:
        """Run one worker, and another after its end."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            worker = Worker(self._requests())
            try:
                await worker.start()
            except OSError as error:  # the machine has no free process or descriptor
                log.warning("a gateway worker cannot be started: %s", error)
                if _failed(first, str(error)):
                    return
                await asyncio.sleep(_SOON_SECONDS)
                continue
            why = "one ended before it was up; the stack's log says why"
            try:
                await self._work(worker, first)
            except StackError as refusal:
                why = str(refusal)
            finally:
                self._up.discard(worker)
                worker.close()
                await asyncio.shield(worker.ended())
            log.warning("a gateway worker ended (pid %d)", worker.pid)
            if _failed(first, why):
                return
            self.restarts += 1
            await asyncio.sleep(began + _SOON_SECONDS - loop.time())

    async def _work(self, worker: Worker, first: asyncio.Future[None]) -> None:
        """Let a worker serve until it ends."""
        cloud = self._cloud
        try:
            await worker.stream.ask(WorkerGateway.begin, self._settings, _pickled(cloud))
            while cloud is not self._cloud:
                cloud = self._cloud
                await worker.stream.ask(WorkerGateway.change, _pickled(cloud))
        except ConnectionError:
            return
        self._up.add(worker)
        for door in self._doors.values():
            _serve(worker, door)
        if not first.done():
            first.set_result(None)
        await worker.stream.ended.wait()

    async def close(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _failed(first: asyncio.Future[None], why: str) -> bool:
    """Report the failure of a worker that has never served; return whether it is such a failure."""
    if first.done():
        return False
    first.set_exception(StackError("the gateway's workers do not start", why=why))
    return True


def joined(reports: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the status of several gateways as one: counts at the server are the same for all; counts of their own are added up."""
    whole: dict[str, Any] = {"buckets": {}, "quotas": {}, "caches": {}}
    for report in reports:
        away = bool(report.get("away"))
        whole |= {"away": True} if away else {}
        for bucket in report["buckets"]:
            _join(whole["buckets"], (bucket["of"],), bucket, ("rate", "burst", "tokens") if away else ())
        for quota in report["quotas"]:
            place = (quota["usage_plan"], quota["api_key"], quota["period"])
            _join(whole["quotas"], place, quota, ("used",) if away else ())
        for cache in report["caches"]:
            _join(whole["caches"], (cache["stage"],), cache, ("CacheHitCount", "CacheMissCount"))
    return {name: [*value.values()] if isinstance(value, dict) else value for name, value in whole.items()}


def _join(into: dict[tuple[str, ...], dict[str, Any]], place: tuple[str, ...], one: dict[str, Any], sums: Any) -> None:
    known = into.get(place)
    into[place] = dict(one) if known is None else known | {name: known[name] + one[name] for name in sums}


def _serve(worker: Worker, door: _OpenDoor) -> None:
    worker.serve(door.number, door.door, door.sock.fileno(), tls=door.tls)


def _pickled(cloud: Cloud) -> bytes:
    """Return a cloud, pickled, without its derived values."""
    return pickle.dumps(replace(cloud))
