"""Hosts of the emulated internet: each of them answers with what it saw of the client."""

from netful.fabric.doors.door import DoorKind
from netful.model.cloud import Cloud
from netful.services.http.message import Request, Response
from netful.services.http.wire import json_response


def internet_answer(request: Request) -> Response:
    """Return the answer of a host on the internet; `source` is the client's address that it saw."""
    connection = request.connection
    return json_response(
        200,
        {
            "host": request.host,
            "method": request.method,
            "path": request.path_and_query,
            "source": connection.client[0],
            "destination": connection.server[0],
            "door": str(connection.door.kind),
            "tls": connection.tls,
        },
    )


def balancer_elsewhere(cloud: Cloud, request: Request) -> Response | None:
    """Return the answer of the local endpoint to a request for a load balancer, which has its own; None for any other request."""
    if request.connection.door.kind is not DoorKind.LOCAL:
        return None
    if not any(one.is_named(request.host) for one in cloud.balancing.load_balancers.values()):
        return None
    return json_response(404, {"message": f"{request.host} is not served here: `netful status` prints its URL"})
