"""The one endpoint on the host's loopback for all services: the value for `AWS_ENDPOINT_URL`.

A request whose Host is a name of AWS goes where that name leads. Any other request goes to the service that it is signed for.
"""

import contextlib
import os
import socket
from zlib import crc32

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.kernel.netns import BACKLOG
from netful.model.core import StackError
from netful.services.front.reception import Listens
from netful.services.http.serving import Listening
from netful.stack.running_cloud import Part

_ADDRESS = "127.0.0.1"
_FIRST_PORT, _PORTS = 20_000, 10_000  # below those that systems give to clients


class LocalEndpoint(Part):
    """Server at a port of the loopback: the one `wanted`, else the stack's own, else any that is free."""

    def __init__(self, porter: Listens, wanted: int, stack: str) -> None:
        self._wanted = wanted
        self._own = _FIRST_PORT + crc32(stack.encode()) % _PORTS
        self._porter = porter
        self._server: Listening | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The URL, once the endpoint serves."""
        return f"http://{_ADDRESS}:{self.port}"

    async def start(self) -> None:
        """Start to serve."""
        listener = self._listener()
        listener.setblocking(False)  # noqa: FBT003  # the socket's own interface
        self.port = listener.getsockname()[1]
        self._server = await self._porter.listen(Door(DoorKind.LOCAL), listener, tls=False)

    def _listener(self) -> socket.socket:
        if self._wanted:
            try:
                return socket.create_server((_ADDRESS, self._wanted), backlog=BACKLOG)
            except OSError as error:
                why, hint = os.strerror(error.errno or 0).lower(), "another port by `--port`"
                raise StackError(f"cannot listen at port {self._wanted}", why=why, hint=hint) from None
        with contextlib.suppress(OSError):
            return socket.create_server((_ADDRESS, self._own), backlog=BACKLOG)
        return socket.create_server((_ADDRESS, 0), backlog=BACKLOG)

    async def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.close()
