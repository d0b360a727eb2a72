"""The daemon as a worker's interface to the rest of a stack (gateway.calls.ports)."""

import asyncio
import pickle
import random
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import msgspec

from netful.engine.integrations.web_requests import WebRequest
from netful.engine.traces.tracer import Document, Tracer
from netful.functions.invocations.invocation import Invocation
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.workers import messages
from netful.gateway.workers.faults import error_of
from netful.gateway.workers.messages import NOTHING, PROTOCOL, Failed, Question, WorkerReply
from netful.gateway.workers.protocol_switch import ClientEnd
from netful.gateway.workers.stream import Stream
from netful.services.http.message import Request, Response


class Daemon:
    """Questions to the daemon over a stream. A question is given up when its client disconnects."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._clients: dict[int, ClientEnd] = {}

    async def invoke(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = ""
    ) -> Invocation:
        """Run a function."""
        ran = await self._ask(messages.Invoke(self.stream.number(), function_id, event, trace_id, qualifier, tenant_id))
        found: Invocation = ran.invocation
        return found

    async def invoke_streaming(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = ""
    ) -> Response:
        """Run a function that streams."""
        return await self._begun(
            messages.InvokeStreaming(self.stream.number(), function_id, event, trace_id, qualifier, tenant_id)
        )

    async def send_streaming(self, request: WebRequest) -> Response:
        """Send a request to a web server and return a response that is passed on piece by piece."""
        return await self._begun(messages.SendStreaming(self.stream.number(), pickle.dumps(request)))

    async def _begun(self, question: Question) -> Response:
        """Return the response; if it is a stream, its pieces are fetched one by one."""
        answer = await self._ask(question)
        response = _response(answer)
        if answer.more != NOTHING:
            response.stream = self._pieces(question.id)
        return response

    def invoke_later(self, function_id: str, event: bytes, qualifier: str, tenant_id: str = "") -> None:
        """Put an event into the queue of a function."""
        self.stream.say(messages.InvokeLater(function_id, event, qualifier, tenant_id))

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the service that answers on a host."""
        question = messages.CallHost(
            self.stream.number(), host, request.method, request.path_and_query, request.headers, request.body
        )
        return _response(await self._ask(question))

    async def send(self, request: WebRequest) -> Response:
        """Send a request to a web server."""
        return _response(await self._ask(messages.Send(self.stream.number(), pickle.dumps(request))))

    def tracer(self, share: float) -> Tracer | None:
        """Return the tracer of the worker, whose segments the daemon keeps; None without a share."""

        def record(document: Document) -> None:
            self.stream.say(messages.Segment(msgspec.json.encode(document)))

        return Tracer(share, record, random.getrandbits, random.random, time.time) if share else None

    async def forward(self, request: Request) -> Response:
        """Forward a request that the worker does not serve to the daemon."""
        number, at = self.stream.number(), request.connection
        answer = await self._ask(
            messages.Forward(
                number,
                door=(at.door.kind.value, at.door.vpc_id, at.door.endpoint_id),
                client=at.client,
                server=at.server,
                tls=at.tls,
                sni=at.sni,
                method=request.method,
                target=request.target,
                headers=request.headers,
                body=request.body,
                version=request.version,
            )
        )
        response = _response(answer)
        if answer.more == PROTOCOL:
            response.takes_over = partial(self._client, number)
        elif answer.more != NOTHING:
            response.stream = self._pieces(number)
        return response

    def hear(self, message: messages.Bytes | messages.End | messages.Hold) -> None:
        """Pass on the daemon's messages to a client after its 101."""
        client = self._clients.get(message.of)
        if client is None:
            return
        if isinstance(message, messages.Bytes):
            client.write(message.data)
        elif isinstance(message, messages.Hold):
            client.hold(held=message.held)
        else:
            client.end(abort=message.abort)

    def _client(self, number: int) -> ClientEnd:
        client = self._clients[number] = ClientEnd(self.stream, number, partial(self._clients.pop, number))
        return client

    async def _pieces(self, number: int) -> AsyncIterator[bytes]:
        whole = False
        try:
            while (piece := await self._ask(messages.Next(self.stream.number(), number))).data is not None:
                yield piece.data
            whole = True
        finally:
            if not whole:
                self.stream.say(messages.Gone(number))

    async def _ask(self, question: Question) -> Any:
        try:
            reply = await self.stream.ask(question)
        except asyncio.CancelledError:
            self.stream.say(messages.Gone(question.id))
            raise
        if isinstance(reply, Failed):
            raise error_of(reply.kind, reply.words)
        return reply


class DaemonLogs(AccessLogs):
    """Access logs that the daemon keeps."""

    def __init__(self, daemon: Daemon) -> None:
        super().__init__(daemon.call_host)
        self._daemon = daemon

    def write(self, api_id: str, stage: str, destination_arn: object, line: str) -> None:
        """Write a line for a stage."""
        destination = destination_arn if isinstance(destination_arn, str) else None
        self._daemon.stream.say(messages.Line(api_id, stage, destination, line))


def _response(answer: WorkerReply) -> Response:
    return Response(answer.status, answer.headers, answer.body, answer.own)
