"""A port of the host's loopback that leads to the debugger of the function that is debugged."""

import socket

from netful.functions.environments.debugging import Debugging
from netful.services.relays.relay import Relay

_LOOPBACK = "127.0.0.1"


class DebugDoor:
    """The port: the debugger's usual one if it is free."""

    def __init__(self, debugging: Debugging) -> None:
        self.debugging = debugging
        self.address = ""
        self._relay: Relay | None = None

    async def start(self) -> None:
        """Accept debuggers."""
        sock = socket.socket()
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((_LOOPBACK, self.debugging.port))
        except OSError:
            sock.bind((_LOOPBACK, 0))
        self.address = f"{_LOOPBACK}:{sock.getsockname()[1]}"
        self._relay = await Relay.serve_by(sock, self.debugging.dial)

    def close(self) -> None:
        """Accept no further debuggers."""
        if self._relay is not None:
            self._relay.close()
