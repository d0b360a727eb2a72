"""Front at an interface: it accepts connections, opens sessions at its server, and passes on what follows.

A reader reaches its server from the server's own position, so that no group filters what AWS does by replication. A proxy reaches
it from its own interface, so that the groups of both have to admit that.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path

from netful.fabric.position import Position
from netful.hosts.engines.engine import Engine
from netful.hosts.fronts import mysql, postgresql
from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import Certificates, Dial, Exhausted, Front, Logins, Refused
from netful.hosts.fronts.memcached import Commands
from netful.hosts.fronts.mysql_answers import Answers
from netful.model.difference import same
from netful.services.relays.relay import pass_on
from netful.stack.control.tasks import end
from netful.stack.network.attempt import Failed, connect
from netful.stack.network.host_folder import CERTIFICATE_FILE, KEY_FILE
from netful.stack.network.host_run import HostRun
from netful.stack.network.networks import Networks

log = logging.getLogger(__name__)

_BEGIN_SECONDS = 10.0  # the time that a client has for the beginning of its connection
_PAUSE_SECONDS = 0.1
_LOOPBACK = IPv4Address("127.0.0.1")
_PROTOCOLS = {Engine.POSTGRESQL: postgresql.opened, Engine.MARIADB: mysql.opened}


class FrontRun:
    """A front that accepts connections. `why` is the reason why it does not reach its server, "" if it does."""

    def __init__(
        self,
        front: Front,
        position: Position,
        listening: socket.socket,
        networks: Networks,
        server: Callable[[], HostRun | None],
        logins: Callable[[Front], Logins],
        far_as: Callable[[str], ssl.SSLContext],
    ) -> None:
        self.front = front
        self.position = position
        self.why = ""
        self._networks = networks
        self._server = server
        self._logins = logins
        self._far_as = far_as
        self._free = asyncio.Semaphore(front.proxy.limit) if front.proxy else None
        self._serving = asyncio.create_task(self._serve(listening))
        self._looking = asyncio.create_task(self._look())

    def is_at(self, front: Front, position: Position) -> bool:
        """Return whether it is this front at this position."""
        own = self.position
        return same(self.front, front) and own.netns is position.netns and own.address == position.address

    def look(self) -> None:
        """Try again whether the server is reached."""
        self._looking.cancel()
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """End the front and its connections."""
        await end(self._serving, self._looking)

    async def _look(self) -> None:
        try:
            (await self._reached()).close()
        except Failed:
            log.debug("%s does not reach its server", self.front.id)

    async def _serve(self, listening: socket.socket) -> None:
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
                    connections.create_task(self._attend(Connection(sock, accepted=True)))
        finally:
            listening.close()

    async def _attend(self, near: Connection) -> None:
        """Serve one client to its end."""
        dialled = _Dialled(self._reached, self._free, self.front.proxy.borrow_seconds if self.front.proxy else 0.0)
        seconds = _BEGIN_SECONDS + dialled.borrow_seconds
        try:
            encrypted = self.front.encrypted
            if self.front.both:  # a client may wait before its first command
                encrypted = await near.begins_with_tls()
            async with asyncio.timeout(seconds):
                far = await self._opened(near, dialled.dial, encrypted=encrypted)
                reader, writer = await near.streams()
                far_streams = await far.streams()
            answers, sent = far_streams
            if self.front.engine is Engine.MEMCACHED:
                reader = Commands(reader, writer, self.front)
            elif self.front.engine is Engine.MARIADB and self.front.read_only:
                answers = Answers(answers)
            await pass_on((reader, writer), (answers, sent))
        except Failed:
            near.reset()
        except (Refused, OSError, TimeoutError, EOFError, ValueError) as error:
            log.debug("a connection to %s ended at its beginning: %s", self.front.id, error)
        except Exception:
            log.exception("a connection to %s ended", self.front.id)  # and no other one with it
        finally:
            dialled.close()
            near.close()

    async def _opened(self, near: Connection, dial: Dial, *, encrypted: bool) -> Connection:
        """Return the server's side of a connection, after the beginning that its protocol has."""
        if self.front.engine in _PROTOCOLS:
            opened = _PROTOCOLS[self.front.engine]
            return await opened(near, dial, self.front, self._certificates(), self._logins(self.front))
        if encrypted:
            await near.begin_tls(self._certificates().near)
        return await dial()

    async def _reached(self) -> Connection:
        """Return a connection to the server. Raises Failed, with the reason in `why`."""
        server = self._server()
        if server is None:
            raise Failed("refused", f"`{self.front.server}` does not run")
        start = self.position if self.front.proxy else server.position
        address = _LOOPBACK if self.front.is_before_loopback else server.position.address
        try:
            sock = await connect(self._networks, start, address, self.front.server_port)
        except Failed as failure:
            self.why = failure.detail
            raise
        self.why = ""
        return Connection(sock, accepted=False)

    def _certificates(self) -> Certificates:
        """Return the TLS of the server. Raises Failed without a server."""
        server = self._server()
        if server is None:
            raise Failed("refused", f"`{self.front.server}` does not run")
        near, far = _contexts(server.folder, (server.folder / CERTIFICATE_FILE).stat().st_mtime_ns)
        return Certificates(near, far, self._far_as)


class _Dialled:
    """The connections to the server that one client has, and its share of those that a proxy may have."""

    def __init__(
        self, reached: Callable[[], Awaitable[Connection]], free: asyncio.Semaphore | None, borrow_seconds: float
    ) -> None:
        self.borrow_seconds = borrow_seconds
        self._reached = reached
        self._free = free
        self._held = 0
        self._connections: list[Connection] = []

    async def dial(self) -> Connection:
        """Connect to the server. Raises Failed, or Exhausted if a proxy has no free connection in time."""
        if self._free is not None:
            try:
                await asyncio.wait_for(self._free.acquire(), self.borrow_seconds)
            except TimeoutError:
                raise Exhausted from None
            self._held += 1
        self._connections.append(await self._reached())
        return self._connections[-1]

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()
        for _ in range(self._held):
            assert self._free is not None
            self._free.release()


@lru_cache
def _contexts(folder: Path, _changed: int) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    near = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    near.minimum_version = ssl.TLSVersion.TLSv1_2
    near.options |= ssl.OP_NO_RENEGOTIATION
    near.load_cert_chain(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    far = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    far.check_hostname = False
    far.verify_mode = ssl.CERT_NONE  # the server is netful's own
    return near, far
