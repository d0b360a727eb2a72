"""Process of a worker: it answers for APIs at the doors that it receives, and asks the daemon for the rest.

Started by `gateway.workers.worker` as `python -m netful.gateway.workers.process PARENT_PID STREAM_FD DOORS_FD`.
"""

import asyncio
import logging
import pickle
import socket
import sys
from collections.abc import Awaitable
from typing import Any

import uvloop

from netful.fabric.kernel import syscalls
from netful.gateway.service import Gateway
from netful.gateway.shared.state import State
from netful.gateway.workers.daemon import Daemon, DaemonLogs
from netful.gateway.workers.door_transfer import receive
from netful.gateway.workers.protocol_switch import ClientEnds
from netful.gateway.workers.stream import Stream
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.services.front import web_pages
from netful.services.front.reception import Reception
from netful.services.front.routing import InternetRoute, route
from netful.services.http.message import Request, Response
from netful.services.http.serving import Listening
from netful.services.tls.authority import Authority


class WorkerGateway:
    """Gateway of one process, and the doors that it serves. The daemon calls the public methods."""

    def __init__(self, stream: Stream, doors: socket.socket) -> None:
        self._daemon = Daemon(stream)
        stream.serve({WorkerGateway: self, ClientEnds: self._daemon.clients})
        self._doors = doors
        self._served: dict[int, Listening] = {}
        self._shut: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cloud: Cloud
        self._gateway: Gateway
        self._reception: Reception

    async def begin(self, settings: WorkerSettings, cloud: bytes) -> None:
        """Answer for a cloud, which is pickled."""
        self._cloud = pickle.loads(cloud)  # noqa: S301  # the daemon's own
        self._gateway = Gateway(
            self._cloud,
            self._daemon,
            state=State.at(settings.state, settings.stack, settings.processes),
            account=settings.account,
            logs=DaemonLogs(self._daemon),
            sockets_at=self._daemon.forward,
            tracer=self._daemon.tracer(settings.traced),
        )
        self._reception = Reception(self._cloud, Authority(settings.authority), self._answer)
        asyncio.get_running_loop().add_reader(self._doors, self._doors_come)

    async def change(self, cloud: bytes) -> None:
        """Answer for another cloud from now on."""
        self._cloud = pickle.loads(cloud)  # noqa: S301  # the daemon's own
        self._gateway.change(self._cloud)
        self._reception.change(self._cloud)

    async def status(self) -> dict[str, Any]:
        """Return the use of buckets, quotas and caches."""
        return await self._gateway.status()

    async def measured(self) -> list[dict[str, Any]]:
        """Return the metrics since the last time."""
        return self._gateway.metrics.take()

    async def flush(self, stage_id: str, *, authorizers: bool) -> None:
        """Empty a stage's cache, or that of its authorizers."""
        await self._gateway.flush(stage_id, authorizers=authorizers)

    def shut(self, number: int) -> None:
        """Stop serving a door."""
        self._shut.add(number)
        self._close_shut()

    def _answer(self, request: Request) -> Response | Awaitable[Response]:
        known = self._gateway.known(request)
        if known is not None:
            return known
        found = route(self._cloud, request)
        if isinstance(found, InternetRoute) or found.service.code != "execute-api":
            return self._daemon.forward(request)
        return web_pages.refusal(self._cloud, found, request) or self._gateway.answer(request)

    def _doors_come(self) -> None:
        while (came := receive(self._doors)) is not None:
            numbered, sock = came
            sock.setblocking(False)  # noqa: FBT003  # the socket's own interface
            listening = self._reception.listen(numbered.door, sock, tls=numbered.tls)
            task = asyncio.get_running_loop().create_task(self._serve(numbered.number, listening))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, number: int, listening: Awaitable[Listening]) -> None:
        self._served[number] = await listening
        self._close_shut()

    def _close_shut(self) -> None:
        """Close the doors that are shut; the socket of one may still be in transfer."""
        for number in self._shut & self._served.keys():
            self._shut.discard(number)
            self._served.pop(number).close()


async def _run(stream: socket.socket, doors: socket.socket) -> None:
    for sock in (stream, doors):
        sock.setblocking(False)  # noqa: FBT003  # the socket's own interface
    own_end = Stream()
    WorkerGateway(own_end, doors)
    await asyncio.get_running_loop().create_unix_connection(lambda: own_end, sock=stream)
    await own_end.ended.wait()


def main(parent: int, stream: int, doors: int) -> None:
    """Serve until the daemon is gone."""
    syscalls.die_with_parent(parent)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    uvloop.run(_run(socket.socket(fileno=stream), socket.socket(fileno=doors)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
