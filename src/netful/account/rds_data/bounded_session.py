"""Session whose answers are bounded: a statement that selects more than the Data API returns must not fill the memory of the stack."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import TypeVar

from netful.account.rds_data.sessions import Session, User, opened
from netful.account.wire.errors import ApiError
from netful.hosts.engines.engine import Engine

MOST_BYTES = 1 << 20
"""The longest answer of the Data API."""

_MOST_RECEIVED = 8 * MOST_BYTES  # what a database sends is not as long as the answer
_LOOK_SECONDS = 0.02
_BYTES_RECEIVED, _LENGTH = 128, 136  # of struct tcp_info
T = TypeVar("T")


class BoundedSession:
    """A session, which ends when a statement's answer is too long."""

    def __init__(self, engine: Engine, sock: socket.socket, user: User, database: str) -> None:
        """Open it on a connected socket. Raises ApiError if the database refuses the user."""
        self._broken = False
        self._tap = sock.dup()  # the driver's own socket may become another object
        try:
            self._session: Session = opened(engine, sock, user, database)
        except BaseException:
            self._tap.close()
            raise

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run work on a thread. Raises ApiError if the database sends more than an answer may have."""
        begun, ends = self._received(), asyncio.ensure_future(asyncio.to_thread(work, self._session))
        while not (await asyncio.wait({ends}, timeout=_LOOK_SECONDS))[0]:
            if not self._broken and self._received() - begun > _MOST_RECEIVED:
                self._break()
        if self._broken:
            ends.exception()
            raise ApiError("BadRequestException", "Database returned more than the allowed response size limit")
        return ends.result()

    async def close(self) -> None:
        """End the session; what is not committed is undone."""
        try:
            if not self._broken:
                await asyncio.to_thread(self._session.close)
        finally:
            self._tap.close()

    def abort(self) -> None:
        """End the session at once."""
        self._break()
        self._tap.close()

    def _break(self) -> None:
        self._broken = True
        with contextlib.suppress(OSError):
            self._tap.shutdown(socket.SHUT_RDWR)

    def _received(self) -> int:
        found = self._tap.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
        return int(struct.unpack_from("=Q", found, _BYTES_RECEIVED)[0])
