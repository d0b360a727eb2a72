"""Places of a stack's services in its network, from which they call web servers: each is made at the first call that needs it.

A call passes what a client at its place would: its groups, network ACLs and routes.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Hashable
from functools import cached_property, partial
from pathlib import Path
from typing import Generic, TypeVar

from netful.engine.integrations.web_requests import WebRequest
from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.core import StackError
from netful.model.network.vpc import IPAddress
from netful.services.http.message import Response
from netful.stack.network.attempt import Failed, connect, find_address
from netful.stack.network.networks import Networks

Key = TypeVar("Key", bound=Hashable)


class WebPlaces(Generic[Key]):
    """Places by a key. `stand` makes one, on the fabric's thread."""

    def __init__(self, networks: Networks, stand: Callable[[Key, Fabric], Position]) -> None:
        self._networks = networks
        self._stand = stand
        self._places: dict[Key, Position] = {}
        self._making = asyncio.Lock()

    async def dial(self, key: Key, address: IPAddress | None, request: WebRequest) -> socket.socket:
        """Connect from a place to an address, or to that of the request's host. Raises UnreachableError."""
        try:
            async with self._making:
                place = self._places.get(key)
                if place is None:
                    place = self._places[key] = await self._networks.stand(partial(self._stand, key))
            address = address or await find_address(self._networks, place, request.host)
            return await connect(self._networks, place, address, request.port)
        except Failed as end:
            unresolved, silent = end.symptom == "dns", end.symptom == "timeout"
            raise UnreachableError(end.detail, misconfigured=unresolved, timed_out=silent) from end
        except StackError as problem:  # there is no such place
            raise UnreachableError(str(problem), timed_out=True) from problem

    async def settle(self, kept: Callable[[Key], bool] = lambda _key: True) -> None:
        """Leave the places whose network is gone, and those that are not kept."""
        for key, place in [*self._places.items()]:
            if place.cut or not kept(key):
                await self._leave(key)

    async def close(self) -> None:
        """Leave all places."""
        for key in [*self._places]:
            await self._leave(key)

    async def _leave(self, key: Key) -> None:
        await self._networks.release(self._places.pop(key))


class WebClients(WebPlaces[Key]):
    """Places with a web client at each. `bundle` are the authorities, `address_of` returns the address that a place leads to, if it is one."""

    def __init__(
        self,
        networks: Networks,
        stand: Callable[[Key, Fabric], Position],
        bundle: Path,
        address_of: Callable[[Key], IPAddress | None] = lambda _key: None,
    ) -> None:
        super().__init__(networks, stand)
        self._bundle = bundle
        self._address_of = address_of
        self._clients: dict[Key, WebClient] = {}

    async def send(self, key: Key, request: WebRequest) -> Response:
        """Send a request from a place. Raises UnreachableError."""
        if key not in self._clients:
            self._clients[key] = WebClient(partial(self.dial, key, self._address_of(key)), self._trust)
        return await self._clients[key].send(request)

    async def ask(self, key: Key, request: WebRequest) -> Response | None:
        """Send a request from a place; return None if the server cannot be reached."""
        try:
            return await self.send(key, request)
        except UnreachableError:
            return None

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._bundle))

    async def _leave(self, key: Key) -> None:
        self._clients.pop(key).close()
        await super()._leave(key)


INTERNET = "internet"
"""The place of a caller outside all VPCs."""


def internet_or_interface(name: str, fabric: Fabric) -> Position:
    """Return the position on the internet, or that of an interface, by its id."""
    return fabric.positions.internet() if name == INTERNET else fabric.positions.interface(name)
