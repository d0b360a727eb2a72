"""WebSocket APIs: which route takes what a client does (`$connect`, messages by the selection expression, `$disconnect`).

A message whose expression gives no route's key goes to `$default`. `/@connections/{id}` is a path of every WebSocket API,
by which back ends speak to clients: no route of the template, and always asked for with a signature.
"""

from __future__ import annotations

from netful.engine.integrations.http_parameter_mapping import evaluate
from netful.engine.integrations.parameter_mapping import Message
from netful.model.apis.api import Authorization, HttpApi, Route

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
CONNECTIONS = "/@connections/"


def route_with_key(api: HttpApi, key: str) -> Route | None:
    """The route with a key."""
    return next((route for route in api.routes if route.path == key), None)


def route_for_message(api: HttpApi, body: str) -> Route | None:
    """The route that takes a message; None where there is none for it, `$default` included."""
    expression = api.route_selection_expression
    key = evaluate(expression, Message(body=body)) if isinstance(expression, str) and body else None
    own = route_with_key(api, key) if key and key not in (CONNECT, DISCONNECT) else None
    return own or route_with_key(api, DEFAULT)


def route_at_handshake(api: HttpApi, method: str, path: str) -> Route:
    """What an HTTP request to a WebSocket API means: a client that connects, or a back end that speaks to one."""
    if path.startswith(CONNECTIONS):
        key = f"{CONNECTIONS}{{connectionId}}"
        return Route(f"{api.id} {key}", method, key, Authorization.AWS_IAM, origin=api.origin)
    return route_with_key(api, CONNECT) or Route(f"{api.id} {CONNECT}", "ANY", CONNECT, origin=api.origin)


def manages_connections(route: Route | None) -> bool:
    """Whether a route is the one by which back ends speak to clients."""
    return route is not None and route.path.startswith(CONNECTIONS)
