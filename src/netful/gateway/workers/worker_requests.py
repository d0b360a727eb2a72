"""Requests of a worker to the daemon: run functions, call services and servers, answer requests that the worker does not serve."""

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import msgspec

from netful.engine.traces.tracer import Document
from netful.fabric.doors.door import Door, DoorKind
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.calls.ports import Ports
from netful.gateway.workers import messages
from netful.gateway.workers.faults import KNOWN, words_of
from netful.gateway.workers.messages import NOTHING, PIECES, PROTOCOL, Question
from netful.gateway.workers.protocol_switch import FarTransport
from netful.gateway.workers.stream import Stream
from netful.services.http.message import ClientConnection, Handler, Request, Response

log = logging.getLogger(__name__)

_FROM_WORKER = ClientConnection(Door(DoorKind.LOCAL), ("", 0), ("", 0))


class WorkerRequests:
    """Requests of one worker. Each ends with the client that waits, and all of them end with the worker.

    `answer` answers a request that came through any door; `record` keeps a segment of a trace.
    """

    def __init__(
        self, ports: Ports, answer: Handler, logs: AccessLogs, record: Callable[[Document], None] | None = None
    ) -> None:
        self._ports = ports
        self._respond = answer
        self._logs = logs
        self._record = record
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._pieces: dict[int, AsyncIterator[bytes]] = {}
        self._offers: dict[int, Callable[[], asyncio.Protocol]] = {}
        self._speakers: dict[int, asyncio.Protocol] = {}
        self._stream: Stream

    def begin(self, stream: Stream) -> None:
        """Answer over a stream."""
        self._stream = stream

    def take(self, message: Any) -> None:
        """Handle a message of the worker."""
        if isinstance(message, Question):
            task = asyncio.get_running_loop().create_task(self._answer(message))
            self._tasks[message.id] = task
            task.add_done_callback(lambda _task: self._tasks.pop(message.id, None))
        elif isinstance(message, messages.Bytes):
            if message.of in self._speakers:
                self._speakers[message.of].data_received(message.data)
        elif isinstance(message, messages.Hold):
            self._hold(message)
        elif isinstance(message, messages.Take):
            self._hand_over(message.of)
        elif isinstance(message, messages.Gone):
            self._drop(message.of)
        elif isinstance(message, messages.InvokeLater):
            self._ports.invoke_later(message.function_id, message.event, message.qualifier, *_tenant(message.tenant_id))
        elif isinstance(message, messages.Segment):
            if self._record is not None:
                self._record(msgspec.json.decode(message.document))
        else:
            self._logs.write(message.api_id, message.stage, message.destination, message.line)

    def end(self) -> None:
        """Give up everything: the worker is gone, and with it all of its clients."""
        for number in {*self._tasks, *self._pieces, *self._offers, *self._speakers}:
            self._drop(number)

    async def _answer(self, question: Any) -> None:
        try:
            reply = await _DOES[type(question)](self, question)
        except KNOWN as error:
            reply = messages.Failed(question.id, *words_of(error))
        except Exception as bug:  # an error costs one answer, as in the gateway itself
            log.exception("a worker's request failed")
            reply = messages.Failed(question.id, *words_of(bug))
        self._stream.say(reply)

    async def forward(self, asked: messages.Forward) -> messages.Reply:
        """Answer a whole request."""
        kind, vpc_id, endpoint_id = asked.door
        door = Door(DoorKind(kind), vpc_id, endpoint_id)
        connection = ClientConnection(door, asked.client, asked.server, asked.tls, asked.sni)
        request = Request(asked.method, asked.target, asked.headers, asked.body, connection, asked.version)
        found = self._respond(request)
        response = found if isinstance(found, Response) else await found
        if response.takes_over is not None:
            self._offers[asked.id] = response.takes_over
            return _reply(asked.id, response, PROTOCOL)
        return self._begun(asked.id, response)

    def _begun(self, number: int, response: Response) -> messages.Reply:
        """Return the response; if it is a stream, the worker fetches its pieces."""
        if response.stream is None:
            return _reply(number, response)
        self._pieces[number] = aiter(response.stream)
        return _reply(number, response, PIECES)

    async def invoke_streaming(self, asked: messages.InvokeStreaming) -> messages.Reply:
        """Run a function that streams."""
        begun = await self._ports.invoke_streaming(
            asked.function_id, asked.event, asked.trace_id, asked.qualifier, *_tenant(asked.tenant_id)
        )
        return self._begun(asked.id, begun)

    async def send_streaming(self, asked: messages.SendStreaming) -> messages.Reply:
        """Call a web server and pass its answer on as it comes."""
        begun = await self._ports.send_streaming(pickle.loads(asked.request))  # noqa: S301  # a worker's own
        return self._begun(asked.id, begun)

    async def invoke(self, asked: messages.Invoke) -> messages.Reply:
        """Run a function."""
        ran = await self._ports.invoke(
            asked.function_id, asked.event, asked.trace_id, asked.qualifier, *_tenant(asked.tenant_id)
        )
        return messages.Ran(asked.id, ran)

    async def call_host(self, asked: messages.CallHost) -> messages.Reply:
        """Call a service."""
        request = Request(asked.method, asked.target, asked.headers, asked.body, _FROM_WORKER)
        return _reply(asked.id, await self._ports.call_host(asked.host, request))

    async def send(self, asked: messages.Send) -> messages.Reply:
        """Call a web server."""
        return _reply(asked.id, await self._ports.send(pickle.loads(asked.request)))  # noqa: S301  # a worker's own

    async def next(self, asked: messages.Next) -> messages.Reply:
        """Return the next piece of a streamed response. A failure ends the connection of the client, as without workers."""
        piece = await anext(self._pieces[asked.of], None)
        if piece is None:
            self._pieces.pop(asked.of, None)
        return messages.Piece(asked.id, piece)

    def _hand_over(self, number: int) -> None:
        offered = self._offers.pop(number, None)
        if offered is not None:
            speaker = self._speakers[number] = offered()
            speaker.connection_made(FarTransport(self._stream, number))

    def _hold(self, message: messages.Hold) -> None:
        """Let a protocol know that its client does not read, or reads again."""
        speaker = self._speakers.get(message.of)
        if speaker is not None:
            (speaker.pause_writing if message.held else speaker.resume_writing)()

    def _drop(self, number: int) -> None:
        """Give up a request whose client has disconnected."""
        task, speaker = self._tasks.get(number), self._speakers.pop(number, None)
        self._offers.pop(number, None)
        self._pieces.pop(number, None)
        if task is not None:
            task.cancel()
        if speaker is not None:
            speaker.connection_lost(None)


_DOES: dict[type, Callable[[WorkerRequests, Any], Coroutine[Any, Any, messages.Reply]]] = {
    messages.Forward: WorkerRequests.forward,
    messages.Invoke: WorkerRequests.invoke,
    messages.CallHost: WorkerRequests.call_host,
    messages.Send: WorkerRequests.send,
    messages.InvokeStreaming: WorkerRequests.invoke_streaming,
    messages.SendStreaming: WorkerRequests.send_streaming,
    messages.Next: WorkerRequests.next,
}


def _reply(number: int, response: Response, more: int = NOTHING) -> messages.WorkerReply:
    return messages.WorkerReply(number, response.status, response.headers, response.body, response.own, more)


def _tenant(tenant_id: str) -> tuple[str, ...]:
    return (tenant_id,) if tenant_id else ()
