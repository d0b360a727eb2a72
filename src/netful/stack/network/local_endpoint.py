"""The one endpoint on the host's loopback for all services: what `AWS_ENDPOINT_URL` is set to.

A request with a Host that AWS serves goes where that name leads; any other to the service that it is signed for.
"""

from __future__ import annotations

import socket

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.kernel.netns import BACKLOG
from netful.services.front.reception import Listens
from netful.services.http.serving import Listening

_ADDRESS = "127.0.0.1"


class LocalEndpoint:
    """Serves on a port of the loopback that was free."""

    def __init__(self, server: Listening, port: int) -> None:
        self._server = server
        self.port = port
        self.url = f"http://{_ADDRESS}:{port}"

    @classmethod
    async def open(cls, porter: Listens) -> LocalEndpoint:
        """Begin to serve."""
        listener = socket.create_server((_ADDRESS, 0), backlog=BACKLOG)
        listener.setblocking(False)  # noqa: FBT003  # the socket's own interface
        port = listener.getsockname()[1]
        return cls(await porter.listen(Door(DoorKind.LOCAL), listener, tls=False), port)

    async def close(self) -> None:
        """Stop serving."""
        self._server.close()
