"""Fronts of a stack's databases: their sockets in the network, and the sessions that they open at the servers."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from netful.fabric.fabric import Fabric
from netful.fabric.position import Position
from netful.hosts.engines.engine import Engine
from netful.hosts.fronts import mysql, postgresql
from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import Certificates, Front, Refused, fronts_of
from netful.hosts.places import places_of
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.services.relays.relay import pass_on
from netful.stack.control.tasks import end
from netful.stack.network.attempt import Failed, connect
from netful.stack.network.host_folder import CERTIFICATE_FILE, KEY_FILE
from netful.stack.network.host_run import HostRun
from netful.stack.network.hosts import Hosts
from netful.stack.network.networks import Networks

log = logging.getLogger(__name__)

_BEGIN_SECONDS = 10.0  # the time that a client has for the beginning of its connection
_PAUSE_SECONDS = 0.1
_PROTOCOLS = {Engine.POSTGRESQL: postgresql.opened, Engine.MARIADB: mysql.opened}


@dataclass(frozen=True)
class Standing:
    """A front that accepts connections at a position."""

    front: Front
    position: Position
    serving: asyncio.Task[None]

    def is_at(self, front: Front, position: Position) -> bool:
        """Return whether it is this front at this position."""
        own = self.position
        return self.front == front and own.netns is position.netns and own.address == position.address


class Fronts:
    """The fronts of the databases that netful runs."""

    def __init__(self, cloud: Cloud, networks: Networks, hosts: Hosts) -> None:
        self._cloud = cloud
        self._networks = networks
        self._hosts = hosts
        self._standing: dict[str, Standing] = {}

    async def start(self) -> None:
        """Accept connections."""
        await self.follow(self._cloud, self._cloud)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Be the fronts of another cloud. The connections of those that stay the same go on."""
        self._cloud = cloud
        wanted = {eni_id: (front, position) async for eni_id, front, position in self._wanted(cloud)}
        for eni_id, one in [*self._standing.items()]:
            if eni_id not in wanted or not one.is_at(*wanted[eni_id]):
                await end(self._standing.pop(eni_id).serving)
        for eni_id, (front, position) in wanted.items():
            if eni_id not in self._standing:
                self._standing[eni_id] = await self._stand(front, position)

    async def _wanted(self, cloud: Cloud) -> AsyncIterator[tuple[str, Front, Position]]:
        for front in fronts_of(cloud):
            if self._hosts.server_at(front.server) is None or front.engine not in _PROTOCOLS:
                continue
            for eni in places_of(cloud, front.id):
                try:
                    yield eni.id, front, await self._networks.on_thread(partial(_position, eni.id))
                except StackError:
                    log.warning("no front at %s", eni.id, exc_info=True)

    async def _stand(self, front: Front, position: Position) -> Standing:
        sock = await self._networks.on_thread(lambda _fabric: position.netns.listen(position.address, front.port))
        return Standing(front, position, asyncio.create_task(self._serve(front, sock)))

    async def _serve(self, front: Front, listening: socket.socket) -> None:
        """Accept connections until the front is closed."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as connections:
                while True:
                    try:
                        sock, _ = await loop.sock_accept(listening)
                    except OSError:  # no descriptor is free; the next connection may find one
                        await asyncio.sleep(_PAUSE_SECONDS)
                        continue
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connections.create_task(self._attend(front, Connection(sock, accepted=True)))
        finally:
            listening.close()

    async def _attend(self, front: Front, near: Connection) -> None:
        """Serve one client to its end."""
        dialled = _Dialled(self._networks, front, self._hosts.server_at(front.server))
        try:
            async with asyncio.timeout(_BEGIN_SECONDS):
                far = await _PROTOCOLS[front.engine](near, dialled.dial, front, dialled.certificates())
                sides = await near.streams(), await far.streams()
            await pass_on(*sides)
        except Failed:
            near.reset()
        except (Refused, OSError, TimeoutError, EOFError, ValueError) as error:
            log.debug("a connection to %s ended at its beginning: %s", front.id, error)
        except Exception:
            log.exception("a connection to %s ended", front.id)  # and no other one with it
        finally:
            dialled.close()
            near.close()

    def status(self) -> list[dict[str, Any]]:
        """Return the fronts as `netful status --format json` prints them, among the hosts."""
        return [
            {
                "resource": one.front.id,
                "address": str(one.position.address),
                "command": one.front.what,
                "engine": one.front.what,
                "state": "running",
                "restarts": 0,
                "why": "",
            }
            for one in self._standing.values()
        ]

    async def close(self) -> None:
        """End the fronts and their connections."""
        while self._standing:
            await end(self._standing.popitem()[1].serving)


class _Dialled:
    """The connections that a front opens for one client."""

    def __init__(self, networks: Networks, front: Front, server: HostRun | None) -> None:
        self._networks = networks
        self._front = front
        self._server = server
        self._connections: list[Connection] = []

    async def dial(self) -> Connection:
        """Connect to the server from its own position, so that no group filters it. Raises Failed."""
        if self._server is None:
            raise Failed("refused", f"`{self._front.server}` does not run")
        position = self._server.position
        sock = await connect(self._networks, position, position.address, self._front.server_port)
        self._connections.append(Connection(sock, accepted=False))
        return self._connections[-1]

    def certificates(self) -> Certificates:
        """Return the TLS of the server. Raises Failed without a server."""
        if self._server is None:
            raise Failed("refused", f"`{self._front.server}` does not run")
        folder = self._server.folder
        return _certificates(folder, (folder / CERTIFICATE_FILE).stat().st_mtime_ns)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()


@lru_cache
def _certificates(folder: Path, _changed: int) -> Certificates:
    near = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    near.minimum_version = ssl.TLSVersion.TLSv1_2
    near.options |= ssl.OP_NO_RENEGOTIATION
    near.load_cert_chain(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    far = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    far.check_hostname = False
    far.verify_mode = ssl.CERT_NONE  # the server is at the same interface, and netful's own
    return Certificates(near, far)


def _position(eni_id: str, fabric: Fabric) -> Position:
    return fabric.positions.interface(eni_id)
