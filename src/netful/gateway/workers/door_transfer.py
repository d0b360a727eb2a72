"""Transfer of doors to a worker: each packet contains the descriptor of a listening socket and the meaning of its door."""

import socket
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


def receive(sock: socket.socket) -> tuple[NumberedDoor, socket.socket] | None:
    """Return the next door that has arrived, with its socket; None if no door has arrived."""
    with suppress(BlockingIOError, ConnectionError):
        data, descriptors, _flags, _address = socket.recv_fds(sock, _PACKET, 1)
        if data:
            return msgspec.msgpack.decode(data, type=NumberedDoor), socket.socket(fileno=descriptors[0])
    return None
