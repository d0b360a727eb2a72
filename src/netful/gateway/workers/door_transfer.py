"""Transfer of doors to a worker: each packet contains the descriptor of a listening socket and the meaning of its door."""

import asyncio
import os
import socket
from collections import deque
from contextlib import suppress

import msgspec

from netful.fabric.doors.door import Door, DoorKind

_PACKET = 4096


class NumberedDoor(msgspec.Struct, array_like=True):
    """A door with its number."""

    number: int
    kind: str
    vpc_id: str | None
    endpoint_id: str | None
    tls: bool

    @property
    def door(self) -> Door:
        """The door."""
        return Door(DoorKind(self.kind), self.vpc_id, self.endpoint_id)


class DoorPost:
    """Sender of doors that never blocks the event loop. The caller keeps its descriptors."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._unsent: deque[tuple[bytes, int]] = deque()

    def send(self, door: NumberedDoor, descriptor: int) -> None:
        """Send a door."""
        self._unsent.append((msgspec.msgpack.encode(door), os.dup(descriptor)))
        if len(self._unsent) == 1:
            self._flush()

    def _flush(self) -> None:
        while self._unsent:
            data, descriptor = self._unsent[0]
            try:
                socket.send_fds(self._socket, [data], [descriptor])
            except BlockingIOError:
                self._loop.add_writer(self._socket, self._flush)
                return
            except OSError:
                break  # the worker is gone; the next worker gets the doors
            os.close(descriptor)
            self._unsent.popleft()
        self._loop.remove_writer(self._socket)

    def close(self) -> None:
        """Send nothing more."""
        self._loop.remove_writer(self._socket)
        self._socket.close()
        while self._unsent:
            os.close(self._unsent.popleft()[1])


def receive(sock: socket.socket) -> tuple[NumberedDoor, socket.socket] | None:
    """Return the next door that has arrived, with its socket; None if no door has arrived."""
    with suppress(BlockingIOError, ConnectionError):
        data, descriptors, _flags, _address = socket.recv_fds(sock, _PACKET, 1)
        if data:
            return msgspec.msgpack.decode(data, type=NumberedDoor), socket.socket(fileno=descriptors[0])
    return None
