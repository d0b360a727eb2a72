"""Call of a handler for a request of a connection, whatever the protocol: a bug in the handler costs one answer."""

import asyncio
import logging
from collections.abc import Awaitable

from netful.engine.http.streaming import has_body
from netful.fabric.doors.door import Door
from netful.services.http.message import Address, ClientConnection, Handler, Request, Response
from netful.services.http.wire import json_response
from netful.services.tls.sni import sni_of

_log = logging.getLogger(__name__)


def ask(handler: Handler, request: Request) -> Response | Awaitable[Response]:
    """Return a handler's answer to a request, or the answer that will come."""
    try:
        return handler(request)
    except Exception:  # noqa: BLE001  # a bug in a handler must cost one answer, not the connection
        return _failed(request)


async def come(request: Request, coming: Awaitable[Response]) -> Response:
    """Wait for an answer. A stream is left out where no body may follow: a client would read it as the next answer."""
    try:
        response = await coming
    except Exception:  # noqa: BLE001  # the same
        return _failed(request)
    if response.stream is not None and not has_body(request.method, response.status):
        response.stream = None
    return response


def _failed(request: Request) -> Response:
    _log.exception("%s %s", request.method, request.target)
    return json_response(500, {"message": "Internal server error"})


def describe(transport: asyncio.Transport, door: Door) -> ClientConnection:
    """Return the facts about the client of a connection through a door."""
    tls = transport.get_extra_info("ssl_object")
    return ClientConnection(
        door=door,
        client=_address(transport.get_extra_info("peername")),
        server=_address(transport.get_extra_info("sockname")),
        tls=tls is not None,
        sni=sni_of(tls),
        client_certificate=getattr(tls, "client_certificate", None),
    )


def _address(name: object) -> Address:
    return (name[0], name[1]) if isinstance(name, tuple) else ("", 0)
