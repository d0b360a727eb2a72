"""WebSocket APIs of a stack: handshakes, messages, ends, and `@connections`, by which back ends send messages to clients."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from wsproto.utilities import generate_accept_token

from netful.engine.admission.invocation import integration_step, replaced_answer
from netful.engine.admission.judgement import Judgement
from netful.engine.apis.websocket_routes import (
    CONNECT,
    CONNECTIONS,
    DISCONNECT,
    manages_connections,
    route_for_message,
    route_with_key,
)
from netful.engine.http.gateway_errors import FORBIDDEN, GONE, PAYLOAD_TOO_LARGE
from netful.engine.integrations.integration_responses import with_default_response
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.identifiers import new_identifiers
from netful.gateway.calls.meaning import Meaning
from netful.gateway.sockets.events import BINARY, TEXT, Peer, context
from netful.gateway.sockets.socket import Message, Socket, SocketLimits
from netful.model.apis.api import ApiRoute, HttpApi, Protocol
from netful.services.http.message import Request, Response

log = logging.getLogger(__name__)

Admit = Callable[[Call, Next], Awaitable[Response]]

_PROTOCOL = "sec-websocket-protocol"


@dataclass(slots=True)
class _Open:
    """An open connection, with the call that opened it."""

    peer: Peer
    handshake: Call
    socket: Socket


class SocketApis(CallStage):
    """Step of a call that answers for WebSocket APIs.

    `admit` passes an admitted call on, or raises Fault. `integrate` calls the integration. `limits` apply to the
    connections that are opened from now on.
    """

    def __init__(self, admit: Admit, integrate: Next, clock: Clock, limits: SocketLimits | None = None) -> None:
        self._admit = admit
        self._integrate = integrate
        self._clock = clock
        self.limits = limits or SocketLimits()
        self._open: dict[str, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the API is of another kind."""
        return not _of_sockets(meaning.judged)

    async def __call__(self, call: Call, following: Next) -> Response:
        """Answer a handshake, or a back end that sends to a client."""
        if not _of_sockets(call.judged):
            return await following(call)
        if call.judged.refusal is not None:
            raise Fault(call.judged.refusal)
        return await (self._admit(call, self._manage) if manages_connections(call.route) else self._connect(call))

    async def _connect(self, call: Call) -> Response:
        request = call.request
        key = request.header("sec-websocket-key")
        if request.method != "GET" or request.header("upgrade").lower() != "websocket" or not key:
            raise Fault(FORBIDDEN)
        peer = Peer(call.names.extended_id, call.at, call.source_ip, request.header("user-agent"), call.at)
        return await self._admit(replace(call, context=context(call, peer, CONNECT)), partial(self._accept, peer, key))

    async def _accept(self, peer: Peer, key: str, call: Call) -> Response:
        """Open the connection of an admitted handshake, unless its `$connect` route refuses it."""
        peer.authorizer = call.authorizer
        if call.route.integration is not None:
            answer = await self._integrate(_asking(call, peer, call.route))
            if not 200 <= answer.status < 300:
                return answer
        else:
            answer = Response(200)
        chosen = tuple((name, value) for name, value in answer.headers if name.lower() == _PROTOCOL)
        accept = generate_accept_token(key.encode("iso-8859-1")).decode()
        headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept))
        return Response(101, (*headers, *chosen), takes_over=partial(self._opened, call, peer))

    def _opened(self, call: Call, peer: Peer) -> Socket:
        socket = Socket(self.limits, partial(self._take, peer.connection_id), partial(self._end, peer.connection_id))
        self._open[peer.connection_id] = _Open(peer, call, socket)
        return socket

    def _take(self, connection_id: str, message: Message) -> None:
        found = self._open[connection_id]
        found.peer.last_active_at = self._clock.wall()
        found.socket.begin()
        self._begin(self._message(found, message))

    def _end(self, connection_id: str, code: int, reason: str) -> None:
        found = self._open.pop(connection_id)
        found.peer.ending = {"disconnectStatusCode": code, "disconnectReason": reason}
        self._begin(self._disconnected(found))

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _message(self, found: _Open, message: Message) -> None:
        try:
            await self._answer(found, message)
        finally:
            found.socket.done()

    async def _answer(self, found: _Open, message: Message) -> None:
        kind, body = (BINARY, message) if isinstance(message, bytes) else (TEXT, message.encode())
        call = self._next(found, kind, body)
        api = call.api
        route = route_for_message(api, "" if kind == BINARY else call.text) if isinstance(api, HttpApi) else None
        if route is None:
            found.socket.send(_error(call, found.peer, "Forbidden"))
            return
        try:
            answer = await self._asked(call, found.peer, route)
        except Fault as fault:
            found.socket.send(_error(call, found.peer, next(iter(json.loads(fault.answer.body).values()))))
            return
        if route.answers and answer.body:
            found.socket.send(answer.body.decode("utf-8", "replace"))

    async def _disconnected(self, found: _Open) -> None:
        call = self._next(found, TEXT, b"")
        route = route_with_key(call.api, DISCONNECT) if isinstance(call.api, HttpApi) else None
        if route is None or route.integration is None:
            return
        try:
            await self._asked(call, found.peer, route)
        except Fault as fault:
            log.warning("%s: %s", route.origin, fault.answer.body)

    def _next(self, found: _Open, kind: str, body: bytes) -> Call:
        """Return a separate call for a message of a connection, or for its end."""
        before, at = found.handshake, self._clock.wall()
        request = Request(kind, before.request.target, (("Host", before.host),), body, before.request.connection)
        return replace(before, request=request, at=at, names=new_identifiers(at), context=None)

    async def _asked(self, call: Call, peer: Peer, route: ApiRoute) -> Response:
        """Return the answer of the integration of a route to a message, or to an end. Raises Fault."""
        step = integration_step(call.cloud, call.api, call.stage, route, call.request.method)
        judged = replace(call.judged, route=route, integration_refusal=replaced_answer(step))
        return await self._admit(_asking(replace(call, judged=judged), peer, route), self._integrate)

    async def _manage(self, call: Call) -> Response:
        """Answer a back end's request about a connection (`@connections`)."""
        found = self._open.get(unquote(call.judged.path.removeprefix(CONNECTIONS)))
        if found is None or found.handshake.stage.id != call.stage.id:
            raise Fault(GONE)
        body = call.request.body
        if call.request.method == "GET":
            return Response(200, (("Content-Type", "application/json"),), _described(found.peer))
        if call.request.method == "DELETE":
            found.socket.close(1000, "Connection Closed Normally")
            return Response(204)
        if call.request.method != "POST":
            raise Fault(FORBIDDEN)
        if len(body) > self.limits.message:
            raise Fault(PAYLOAD_TOO_LARGE)
        found.peer.last_active_at = self._clock.wall()
        found.socket.send(_message(body))
        return Response(200)

    def count(self) -> int:
        """Return the number of open connections."""
        return len(self._open)


def _of_sockets(judged: Judgement) -> bool:
    return judged.api is not None and judged.api.protocol is Protocol.WEBSOCKET


def _asking(call: Call, peer: Peer, route: ApiRoute) -> Call:
    """Return a call in the form that a route's integration receives."""
    judged, integration = call.judged, route.integration
    if integration is not None:
        judged = replace(judged, route=replace(route, integration=with_default_response(integration)))
    asking = replace(call, judged=judged, context=context(call, peer, route.path))
    if asking.record is not None:
        asking.record.context = asking.context
    return asking


def _error(call: Call, peer: Peer, text: str) -> str:
    error = {"message": text, "connectionId": peer.connection_id, "requestId": call.names.extended_id}
    return json.dumps(error)


def _described(peer: Peer) -> bytes:
    times = {"connectedAt": peer.connected_at, "lastActiveAt": peer.last_active_at}
    written = {name: datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") for name, at in times.items()}
    return json.dumps(written | {"identity": peer.identity}).encode()


def _message(body: bytes) -> Message:
    """Return the message for a body: a text, or a binary one for bytes that are not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
