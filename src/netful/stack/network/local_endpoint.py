"""The one endpoint on the host's loopback for all services: what `AWS_ENDPOINT_URL` is set to.

A request with a Host that AWS serves goes where that name leads; any other to the service that it is signed for.
"""

from __future__ import annotations

import socket

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.kernel.netns import BACKLOG
from netful.model.cloud import Cloud
from netful.services.front.reception import Listens
from netful.services.http.serving import Listening

_ADDRESS = "127.0.0.1"


class LocalEndpoint:
    """Serves on a port of the loopback that was free."""

    def __init__(self, porter: Listens) -> None:
        self._porter = porter
        self._server: Listening | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Its URL, once it serves."""
        return f"http://{_ADDRESS}:{self.port}"

    async def start(self) -> None:
        """Begin to serve."""
        listener = socket.create_server((_ADDRESS, 0), backlog=BACKLOG)
        listener.setblocking(False)  # noqa: FBT003  # the socket's own interface
        self.port = listener.getsockname()[1]
        self._server = await self._porter.listen(Door(DoorKind.LOCAL), listener, tls=False)

    async def follow(self, _before: Cloud, _cloud: Cloud) -> None:
        """Stay as it is: the porter follows."""

    async def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.close()
