"""The emulated internet's hosts: every one answers, and tells what it saw of who asked."""

from __future__ import annotations

from netful.services.http.message import Request, Response
from netful.services.http.wire import json_response


def internet_answer(request: Request) -> Response:
    """What a host on the internet answers; `source` is the address that it saw."""
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
