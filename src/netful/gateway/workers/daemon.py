"""The daemon as a worker's interface to the rest of a stack (gateway.calls.ports)."""

import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, Concatenate, ParamSpec

from netful.engine.integrations.web_requests import WebRequest
from netful.engine.traces.tracer import Document, Tracer
from netful.functions.invocations.invocation import Invocation
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.calls.ports import Ports
from netful.gateway.workers.protocol_switch import ClientEnds
from netful.gateway.workers.stream import Stream
from netful.gateway.workers.worker_requests import Answer, WorkerRequests
from netful.services.http.message import Request, Response

P = ParamSpec("P")


class Daemon:
    """Requests to the daemon over a stream. A request is given up when its client disconnects."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.clients = ClientEnds(stream)
        self._numbers = count()

    async def invoke(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = ""
    ) -> Invocation:
        """Run a function."""
        return await self.stream.ask(Ports.invoke, function_id, event, trace_id, qualifier, tenant_id)

    async def invoke_streaming(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = ""
    ) -> Response:
        """Run a function that streams."""
        return await self._begun(WorkerRequests.invoke_streaming, function_id, event, trace_id, qualifier, tenant_id)

    def invoke_later(self, function_id: str, event: bytes, qualifier: str, tenant_id: str = "") -> None:
        """Put an event into the queue of a function."""
        self.stream.say(Ports.invoke_later, function_id, event, qualifier, tenant_id)

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the service that answers on a host."""
        return await self.stream.ask(Ports.call_host, host, request)

    async def send(self, request: WebRequest) -> Response:
        """Send a request to a web server."""
        return await self.stream.ask(Ports.send, request)

    async def send_streaming(self, request: WebRequest) -> Response:
        """Send a request to a web server and return a response that is passed on piece by piece."""
        return await self._begun(WorkerRequests.send_streaming, request)

    async def forward(self, request: Request) -> Response:
        """Forward a request that the worker does not serve to the daemon."""
        return await self._begun(WorkerRequests.forward, request)

    def tracer(self, share: float) -> Tracer | None:
        """Return the tracer of the worker, whose segments the daemon keeps; None without a share."""

        def record(document: Document) -> None:
            self.stream.say(WorkerRequests.record, document)

        return Tracer(share, record, random.getrandbits, random.random, time.time) if share else None

    async def _begun(
        self,
        method: Callable[Concatenate[WorkerRequests, int, P], Coroutine[Any, Any, Answer]],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> Response:
        """Return a response with what follows it: another protocol, or pieces, which are fetched one by one."""
        number = next(self._numbers)
        try:
            response, in_pieces, switches = await self.stream.ask(method, number, *arguments, **named)
        except BaseException:
            self.stream.say(WorkerRequests.drop, number)
            raise
        response.takes_over = partial(self.clients.open, number) if switches else None
        response.stream = self._pieces(number) if in_pieces else None
        return response

    async def _pieces(self, number: int) -> AsyncIterator[bytes]:
        try:
            while (piece := await self.stream.ask(WorkerRequests.next, number)) is not None:
                yield piece
        finally:
            self.stream.say(WorkerRequests.drop, number)


class DaemonLogs(AccessLogs):
    """Access logs that the daemon keeps."""

    def __init__(self, daemon: Daemon) -> None:
        super().__init__(daemon.call_host)
        self._daemon = daemon

    def write(self, api_id: str, stage: str, destination_arn: object, line: str) -> None:
        """Write a line for a stage."""
        destination = destination_arn if isinstance(destination_arn, str) else None
        self._daemon.stream.say(WorkerRequests.log, api_id, stage, destination, line)
