"""Stream to the daemon that several threads write to: answers of the one that serves, calls and events of executions."""

import socket
import threading
from itertools import count
from queue import SimpleQueue

from netful.services.backends.frames import Output, RoleCall, RoleReply, frame


class Outlet:
    """Writer of whole messages, and asker: `ask` waits for the daemon's answer to a call."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._writing = threading.Lock()
        self._numbers = count(1)
        self._waiting: dict[int, SimpleQueue[RoleReply]] = {}

    def send(self, *messages: Output) -> None:
        """Write messages, all at once."""
        data = b"".join(map(frame, messages))
        with self._writing:
            self._stream.sendall(data)

    def ask(self, call: RoleCall) -> RoleReply:
        """Return the daemon's answer to a call. The thread that reads the stream must not ask."""
        call.id = next(self._numbers)
        answer = self._waiting[call.id] = SimpleQueue()
        self.send(call)
        return answer.get()

    def answered(self, reply: RoleReply) -> None:
        """Give an answer to the thread that waits for it."""
        self._waiting.pop(reply.id).put(reply)
