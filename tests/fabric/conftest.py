"""One namespace thread for all tests of the fabric, and a way to try a connection from a position."""

import errno
import select
import socket

import pytest

from netful.fabric.doors.door import DoorKind
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from tests.helpers.processes import ENOUGH_SECONDS

LONG_ENOUGH = 1.5  # seconds without an answer that count as a timeout; everything is on this machine


@pytest.fixture(scope="session")
def thread():
    namespaces = NamespaceThread()
    yield namespaces
    namespaces.close()


@pytest.fixture
def build(thread):
    """Build a cloud's fabric; all of it is let go at the end of the test."""
    built = []

    def make(cloud, options=None):
        built.append(Bench(thread.run(Fabric, cloud, thread.limbo, options), thread))
        return built[-1]

    yield make
    for bench in built:
        bench.close()


class Bench:
    """A built fabric, and what tests do with it."""

    def __init__(self, fabric, thread):
        self.fabric = fabric
        self.thread = thread
        self.held = []  # connections that are to stand until the end

    def close(self):
        for closing in (*self.held, *self.fabric.doors):
            closing.close()
        self.thread.run(self.fabric.close)

    def positions(self, function="Fn"):
        function = self.fabric.cloud.compute.functions[function]
        return self.thread.run(lambda: list(self.fabric.positions.of_function(function)))

    def connect(self, position, address, port, patience=LONG_ENOUGH):
        """(outcome, source that the door saw, kind of door): open, timeout, refused, or the error's name."""
        sock = self.thread.run(position.socket, socket.SOCK_STREAM)
        with sock:
            code = sock.connect_ex((str(address), port))
            if code == errno.EINPROGRESS:
                _, writable, _ = select.select([], [sock], [], patience)
                if not writable:
                    return "timeout", None, None
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == errno.ECONNREFUSED:
                return "refused", None, None
            assert code == 0, errno.errorcode[code]
            return "open", *self._accepted()

    def _accepted(self):
        listening = [d for d in self.fabric.doors if d.purpose in {"https", "http", "echo"}]
        ready, _, _ = select.select([d.socket for d in listening], [], [], ENOUGH_SECONDS)
        door = next(d for d in listening if d.socket in ready)
        accepted, peer = door.socket.accept()
        accepted.close()
        return peer[0], door.door

    def from_function(self, address, port, function="Fn"):
        """The outcome of connecting from behind each of the function's interfaces, which must be the same."""
        outcomes = {self.connect(p, address, port)[0] for p in self.positions(function)}
        assert len(outcomes) == 1, outcomes
        return outcomes.pop()


__all__ = ["DoorKind"]
