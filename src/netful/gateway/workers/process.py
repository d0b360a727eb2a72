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

import msgspec
import uvloop

from netful.fabric.kernel import syscalls
from netful.gateway.service import Gateway
from netful.gateway.shared.state import State
from netful.gateway.workers import messages
from netful.gateway.workers.daemon import Daemon, DaemonLogs
from netful.gateway.workers.door_transfer import receive
from netful.gateway.workers.stream import Stream
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.services.front import web_pages
from netful.services.front.reception import Reception
from netful.services.front.routing import InternetRoute, route
from netful.services.http.message import Request, Response
from netful.services.http.serving import Listening
from netful.services.tls.authority import Authority


class Worker:
    """Gateway of one process, and the doors that it serves."""

    def __init__(self, doors: socket.socket) -> None:
        self.stream = Stream(messages.ToWorker, self._take)
        self._daemon = Daemon(self.stream)
        self._doors = doors
        self._served: dict[int, Listening] = {}
        self._shut: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cloud: Cloud
        self._gateway: Gateway
        self._reception: Reception

    def _take(self, message: Any) -> None:
        if isinstance(message, (messages.Bytes, messages.End, messages.Hold)):
            self._daemon.hear(message)
        elif isinstance(message, messages.Shut):
            self._shut.add(message.number)
            self._close_shut()
        elif isinstance(message, messages.Status):
            self._start(self._status(message))
        elif isinstance(message, messages.Measure):
            self.stream.say(messages.Done(message.id, msgspec.json.encode(self._gateway.metrics.take())))
        elif isinstance(message, messages.Flush):
            self._start(self._flush(message))
        else:
            self._follow(message)
            self.stream.say(messages.Done(message.id))

    def _follow(self, message: messages.Begin | messages.Change) -> None:
        """Answer for a cloud from now on."""
        self._cloud = pickle.loads(message.cloud)  # noqa: S301  # the daemon's own
        if isinstance(message, messages.Change):
            self._gateway.change(self._cloud)
            self._reception.change(self._cloud)
            return
        settings: WorkerSettings = pickle.loads(message.settings)  # noqa: S301  # the same
        state = State.at(settings.state, settings.stack, settings.processes)
        self._gateway = Gateway(
            self._cloud,
            self._daemon,
            state=state,
            account=settings.account,
            logs=DaemonLogs(self._daemon),
            sockets_at=self._daemon.forward,
            tracer=self._daemon.tracer(settings.traced),
        )
        self._reception = Reception(self._cloud, Authority(settings.authority), self._answer)
        asyncio.get_running_loop().add_reader(self._doors, self._doors_come)

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
            self._start(self._serve(numbered.number, self._reception.listen(numbered.door, sock, tls=numbered.tls)))

    async def _serve(self, number: int, listening: Awaitable[Listening]) -> None:
        self._served[number] = await listening
        self._close_shut()

    def _close_shut(self) -> None:
        """Close the doors that are shut; the socket of one may still be in transfer."""
        for number in self._shut & self._served.keys():
            self._shut.discard(number)
            self._served.pop(number).close()

    async def _status(self, message: messages.Status) -> None:
        self.stream.say(messages.Done(message.id, msgspec.json.encode(await self._gateway.status())))

    async def _flush(self, message: messages.Flush) -> None:
        await self._gateway.flush(message.stage_id, authorizers=message.authorizers)
        self.stream.say(messages.Done(message.id))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _run(stream: socket.socket, doors: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    for sock in (stream, doors):
        sock.setblocking(False)  # noqa: FBT003  # the socket's own interface
    worker = Worker(doors)
    await loop.create_unix_connection(lambda: worker.stream, sock=stream)
    await worker.stream.ended.wait()


def main(parent: int, stream: int, doors: int) -> None:
    """Serve until the daemon is gone."""
    syscalls.die_with_parent(parent)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    uvloop.run(_run(socket.socket(fileno=stream), socket.socket(fileno=doors)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
