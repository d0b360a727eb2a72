"""`requestContext` of a WebSocket API, and the event of its proxy integration."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.engine.apis.websocket_routes import CONNECT, DISCONNECT
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_time

_EVENT_TYPES = {CONNECT: "CONNECT", DISCONNECT: "DISCONNECT"}


@dataclass(slots=True)
class Peer:
    """Client of a connection.

    `connected_at` and `last_active_at`: seconds since the epoch. `ending`: the code and reason of the connection's end.
    """

    connection_id: str
    connected_at: float
    source_ip: str
    user_agent: str
    last_active_at: float = 0.0
    authorizer: Mapping[str, Any] | None = None
    ending: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        """The client's address and user agent, as in its handshake."""
        return {"sourceIp": self.source_ip} | ({"userAgent": self.user_agent} if self.user_agent else {})


def context(call: Call, peer: Peer, route_key: str) -> dict[str, Any]:
    """Return `requestContext` of a handshake, a message or an end."""
    kind = _EVENT_TYPES.get(route_key, "MESSAGE")
    stage = call.stage.stage_name
    return {
        "routeKey": route_key,
        **({"authorizer": dict(peer.authorizer)} if peer.authorizer is not None else {}),
        **({"messageId": call.names.extended_id} if kind == "MESSAGE" else {}),
        "eventType": kind,
        "extendedRequestId": call.names.extended_id,
        "requestTime": request_time(call.at),
        "messageDirection": "IN",
        "stage": stage if isinstance(stage, str) else "",
        "connectedAt": int(peer.connected_at * 1000),
        "requestTimeEpoch": int(call.at * 1000),
        "identity": peer.identity,
        "requestId": call.names.extended_id,
        "domainName": call.host,
        "connectionId": peer.connection_id,
        "apiId": call.api_id,
        **peer.ending,
    }


def event(call: Call, context_: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event of a function. Only a handshake has parameters; only a message has a body."""
    made: dict[str, Any] = {}
    if context_["eventType"] == "CONNECT":
        made |= _request(call)
    elif context_["eventType"] == "DISCONNECT":
        names = {"Host": call.host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
        made |= {"headers": names, "multiValueHeaders": {name: [value] for name, value in names.items()}}
    made["requestContext"] = dict(context_)
    if call.stage_variables:
        made["stageVariables"] = call.stage_variables
    binary = call.request.method == BINARY
    if context_["eventType"] == "MESSAGE":
        made["body"] = base64.b64encode(call.request.body).decode() if binary else call.text
    made["isBase64Encoded"] = binary
    return made


TEXT, BINARY = "TEXT", "BINARY"
"""The two types of a message, which are the method of its request."""


def _request(call: Call) -> dict[str, Any]:
    made: dict[str, Any] = {
        "headers": {name: values[-1] for name, values in call.headers.items()},
        "multiValueHeaders": call.headers,
    }
    if call.query:
        made["queryStringParameters"] = {name: values[-1] for name, values in call.query.items()}
        made["multiValueQueryStringParameters"] = call.query
    return made
