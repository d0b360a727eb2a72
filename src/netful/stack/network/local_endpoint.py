"""The one endpoint on the host's loopback for all services: the value for `AWS_ENDPOINT_URL`.

A request whose Host is a name of AWS goes where that name leads. Any other request goes to the service that it is signed for.
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
    """Server at a free port of the loopback."""

    def __init__(self, porter: Listens) -> None:
        self._porter = porter
        self._server: Listening | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The URL, once the endpoint serves."""
        return f"http://{_ADDRESS}:{self.port}"

    async def start(self) -> None:
        """Start to serve."""
        listener = socket.create_server((_ADDRESS, 0), backlog=BACKLOG)
        listener.setblocking(False)  # noqa: FBT003  # the socket's own interface
        self.port = listener.getsockname()[1]
        self._server = await self._porter.listen(Door(DoorKind.LOCAL), listener, tls=False)

    async def follow(self, _before: Cloud, _cloud: Cloud) -> None:
        """Change nothing: the porter follows the cloud."""

    async def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.close()
