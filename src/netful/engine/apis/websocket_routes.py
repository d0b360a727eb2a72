"""Routes of WebSocket APIs: `$connect`, messages by the selection expression, `$disconnect`.

A message whose expression gives no route key goes to `$default`. `/@connections/{id}` is a path of every WebSocket API, by which
back ends send to clients: it is not in the template, and requests to it must be signed.
"""

from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.selection_expressions import DEFAULT, key_of
from netful.model.apis.api import ApiRoute, Authorization, HttpApi

CONNECT, DISCONNECT = "$connect", "$disconnect"
CONNECTIONS = "/@connections/"


def route_with_key(api: HttpApi, key: str) -> ApiRoute | None:
    """Return the route with a key."""
    return next((route for route in api.routes if route.path == key), None)


def route_for_message(api: HttpApi, body: str) -> ApiRoute | None:
    """Return the route of a message; None if there is no matching one and no `$default`."""
    key = key_of(api.route_selection_expression, Message(body=body)) if body else DEFAULT
    own = route_with_key(api, key) if key not in (CONNECT, DISCONNECT) else None
    return own or route_with_key(api, DEFAULT)


def route_at_handshake(api: HttpApi, method: str, path: str) -> ApiRoute | None:
    """Return the route of an HTTP request to a WebSocket API: a client that connects by GET, or a back end that sends to one."""
    if path.startswith(CONNECTIONS):
        key = f"{CONNECTIONS}{{connectionId}}"
        return ApiRoute(f"{api.id} {key}", method, key, Authorization.AWS_IAM, origin=api.origin)
    if method != "GET":
        return None
    return route_with_key(api, CONNECT) or ApiRoute(f"{api.id} {CONNECT}", "ANY", CONNECT, origin=api.origin)


def manages_connections(route: ApiRoute | None) -> bool:
    """Return whether a route is the one by which back ends send to clients."""
    return route is not None and route.path.startswith(CONNECTIONS)
