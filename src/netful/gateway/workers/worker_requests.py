"""Requests of a worker to the daemon: functions, services and servers (`Ports`), and requests that the worker does not serve."""

from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from netful.engine.integrations.web_requests import WebRequest
from netful.engine.traces.tracer import Document
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.calls.ports import Ports
from netful.gateway.workers.protocol_switch import FarProtocols
from netful.gateway.workers.stream import Stream
from netful.services.http.message import Handler, Request, Response

Answer: TypeAlias = tuple[Response, bool, bool]
"""A response, and whether pieces or another protocol follow it, by the number of the request."""


class WorkerRequests:
    """Requests of one worker, which calls the public methods but `begin` and `end`. All of them end with the worker.

    `answer` answers a request that came through any door; `record` keeps a segment of a trace.
    """

    def __init__(
        self, ports: Ports, answer: Handler, logs: AccessLogs, record: Callable[[Document], None] | None = None
    ) -> None:
        self._ports = ports
        self._respond = answer
        self._logs = logs
        self._record = record
        self._pieces: dict[int, AsyncIterator[bytes]] = {}
        self._protocols: FarProtocols

    def begin(self, stream: Stream) -> None:
        """Answer over a stream."""
        self._protocols = FarProtocols(stream)
        stream.serve({Ports: self._ports, FarProtocols: self._protocols, WorkerRequests: self})

    def end(self) -> None:
        """Give up what follows responses: the worker is gone, and with it all of its clients."""
        self._pieces.clear()
        self._protocols.end()

    async def forward(self, number: int, request: Request) -> Answer:
        """Answer a whole request."""
        found = self._respond(request)
        response = found if isinstance(found, Response) else await found
        if response.takes_over is not None:
            self._protocols.offer(number, response.takes_over)
        return self._begun(number, response)

    async def invoke_streaming(
        self, number: int, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str
    ) -> Answer:
        """Run a function that streams."""
        begun = await self._ports.invoke_streaming(function_id, event, trace_id, qualifier, tenant_id)
        return self._begun(number, begun)

    async def send_streaming(self, number: int, request: WebRequest) -> Answer:
        """Call a web server and pass its answer on as it comes."""
        return self._begun(number, await self._ports.send_streaming(request))

    def _begun(self, number: int, response: Response) -> Answer:
        if response.stream is not None:
            self._pieces[number] = aiter(response.stream)
        return response, response.stream is not None, response.takes_over is not None

    async def next(self, number: int) -> bytes | None:
        """Return the next piece of a response; None after the last. A failure ends the connection of the client, as without workers."""
        return await anext(self._pieces[number], None)

    def drop(self, number: int) -> None:
        """Give up what follows a response, whose client has disconnected."""
        self._pieces.pop(number, None)
        self._protocols.drop(number)

    def log(self, api_id: str, stage: str, destination: str | None, line: str) -> None:
        """Write a line of an access log."""
        self._logs.write(api_id, stage, destination, line)

    def record(self, document: Document) -> None:
        """Keep a segment of a trace."""
        if self._record is not None:
            self._record(document)
