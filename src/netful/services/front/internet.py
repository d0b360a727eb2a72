"""Hosts of the emulated internet: each of them answers with what it saw of the client."""

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
