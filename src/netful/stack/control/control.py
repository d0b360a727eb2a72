"""Server of the control socket, in the daemon: one task per connection, which handles one request after another.

A handler is an async generator of events that ends by returning a result through `Result`. File descriptors that came
with the request belong to the handler. A connection that breaks ends its handler.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netful.balancer.local_servers import listening
from netful.model.core import NetfulError, StackError
from netful.stack.control import wire
from netful.stack.control.folder import is_own_peer
from netful.stack.control.shortages import shortage
from netful.stack.control.tasks import end, first_of

log = logging.getLogger(__name__)

_MAX_FDS = 8
_PAUSE_SECONDS = 0.2
_PART = 1 << 18


@dataclass
class ControlRequest:
    """A request: its arguments, the descriptors that came with it, and the messages that follow it."""

    arguments: dict[str, Any]
    fds: list[int]
    further: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)

    async def over(self, *others: asyncio.Event) -> None:
        """Wait until the client stops the request or disconnects, or one of some other events happens."""
        waits = (self.further.get(), *(one.wait() for one in others))
        await first_of(*(asyncio.ensure_future(one) for one in waits))


Handler = Callable[[ControlRequest], AsyncGenerator[dict[str, Any]]]


class ControlServer:
    """Server that listens on the control socket and passes requests to the handlers, by verb."""

    def __init__(self, path: Path, handlers: dict[str, Handler]) -> None:
        self._handlers = {"hello": _hello, **handlers}
        self._socket = listening(path.parent, path.name)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Accept connections until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    connection, _ = await loop.sock_accept(self._socket)
                except OSError:  # no descriptor is free; the next request may find one
                    log.warning("a control connection waits", exc_info=True)
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                if not is_own_peer(connection):
                    log.warning("a control connection of another user was refused")
                    connection.close()
                    continue
                task = loop.create_task(self._serve(connection))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            self._socket.close()

    async def finish(self, seconds: float) -> None:
        """Give the answers that are not complete some seconds, then end them."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            await end(*late)

    async def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)  # noqa: FBT003  # the socket's own interface
        try:
            while (request := await _first(connection)) is not None:
                reader = asyncio.create_task(_follow(connection, request.further))
                try:
                    await self._answer(connection, request)
                finally:
                    await end(reader)
                    _close(request.fds)
                if not request.further.empty():  # the client has disconnected, or sent an unexpected message
                    return
        except (OSError, ValueError):
            log.debug("a control connection broke", exc_info=True)
        finally:
            connection.close()

    async def _answer(self, connection: socket.socket, request: ControlRequest) -> None:
        loop = asyncio.get_running_loop()
        handler = self._handlers.get(str(request.arguments.get("verb")))
        try:
            if handler is None:
                raise StackError(f"the running stack knows no `{request.arguments.get('verb')}`")  # noqa: TRY301
            async with contextlib.aclosing(handler(request)) as messages:
                async for message in messages:
                    await loop.sock_sendall(connection, wire.encode(message))
        except NetfulError as error:
            await loop.sock_sendall(connection, wire.encode(wire.from_error(error)))
        except ConnectionError:
            raise
        except Exception as bug:
            log.exception("a request failed")
            failure = shortage(bug) or StackError(
                f"netful failed: {type(bug).__name__}: {bug}", hint="the daemon's log says where"
            )
            await loop.sock_sendall(connection, wire.encode(wire.from_error(failure)))


async def _hello(_request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Answer at once, so that a client knows that the daemon does."""
    yield {"result": True}


async def _first(connection: socket.socket) -> ControlRequest | None:
    """Return the next request with its descriptors; None at the end of the connection."""
    await _readable(connection)
    header, fds, _, _ = socket.recv_fds(connection, wire.LENGTH.size, _MAX_FDS)
    if not header:
        return None
    try:
        header += await _read(connection, wire.LENGTH.size - len(header))
        return ControlRequest(wire.decode(await _read(connection, _length(header))), fds)
    except BaseException:
        _close(fds)
        raise


async def _follow(connection: socket.socket, messages: asyncio.Queue[dict[str, Any] | None]) -> None:
    """Pass further messages on; pass None when the client has disconnected."""
    try:
        while True:
            header = await _read(connection, wire.LENGTH.size)
            messages.put_nowait(wire.decode(await _read(connection, _length(header))))
    except (OSError, ValueError):
        messages.put_nowait(None)


def _close(fds: list[int]) -> None:
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)


def _length(header: bytes | bytearray) -> int:
    length: int = wire.LENGTH.unpack(header)[0]
    if length > wire.LIMIT:
        raise ValueError(f"a message of {length} bytes")
    return length


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)


async def _read(connection: socket.socket, length: int) -> bytearray:
    loop = asyncio.get_running_loop()
    parts = bytearray()
    while len(parts) < length:
        part = await loop.sock_recv(connection, min(length - len(parts), _PART))
        if not part:
            raise ConnectionResetError
        parts += part
    return parts
