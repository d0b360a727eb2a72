"""Process of the back ends: it reads calls from the daemon and answers them by moto, one at a time.

Rules:
1. From its first moment it has a network namespace without links: moto can reach neither the host's network nor the
   internet, whatever a request contains. If the kernel does not allow that, it does not start.
2. It dies with the daemon: by the parent-death signal, and at the end of the stream.
3. A journal of calls keeps its state if the daemon names one (`recall`).
4. moto's state is not thread-safe (lost updates), so one thread answers. Executions of state machines have threads, which
   leave that state alone (`state_machines.interpreter`).

Started by `services.backends.backend` as `python -m netful.services.moto.process PARENT_PID SOCKET_FD`.
"""

from __future__ import annotations

import logging
import select
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from netful.fabric.kernel import syscalls
from netful.model.core import StackError
from netful.services.backends import frames

if TYPE_CHECKING:
    from netful.services.moto.recall import Recorder
    from netful.services.moto.waiting import WaitingCalls

_CHUNK = 256 * 1024


def main(parent: int, descriptor: int) -> None:
    """Serve until the daemon ends."""
    syscalls.die_with_parent(parent)
    syscalls.unshare(syscalls.CLONE_NEWNET)
    logging.basicConfig(level=logging.WARNING)
    with socket.socket(fileno=descriptor) as stream:
        stream.sendall(frames.frame(frames.FrameReply(frames.READY, 200)))
        serve(stream)


def serve(stream: socket.socket) -> None:
    """Answer the messages of the stream until it ends."""
    # Imported after the daemon has been notified of the start: moto takes half a second.
    from netful.services.moto.dispatch import Dispatcher  # noqa: PLC0415
    from netful.services.moto.outbox import Outbox  # noqa: PLC0415
    from netful.services.moto.recall import Recorder  # noqa: PLC0415
    from netful.services.moto.state_machines.interpreter import Interpreter  # noqa: PLC0415
    from netful.services.moto.state_machines.outlet import Outlet  # noqa: PLC0415
    from netful.services.moto.timetables import Timetables  # noqa: PLC0415
    from netful.services.moto.waiting import WaitingCalls  # noqa: PLC0415

    buffer, decoder = frames.FrameBuffer(), msgspec.msgpack.Decoder(frames.Message)
    outbox, outlet, timetables = Outbox(), Outlet(stream), Timetables()
    interpreter = Interpreter(outlet)
    dispatcher = Dispatcher(outbox, interpreter)
    recorder = Recorder(dispatcher)
    waiting = WaitingCalls(recorder)

    def answered(call: frames.FrameCall) -> frames.FrameReply | None:
        return waiting.answer(call, time.monotonic())

    while True:
        for answer in waiting.due(time.monotonic()):
            outlet.send(answer)
        if waiting and not select.select([stream], [], [], waiting.pause)[0]:
            continue
        data = stream.recv(_CHUNK)
        if not data:
            return
        for encoded in buffer.feed(data):
            message = decoder.decode(encoded)
            if isinstance(message, frames.RoleReply):
                outlet.answered(message)
            elif isinstance(message, frames.Load):
                dispatcher.load(message.host)
                outlet.send(frames.FrameReply(message.id, 200))
            elif isinstance(message, frames.Recall):
                outlet.send(_recalled(message, recorder, waiting))
                outbox.take()  # these messages were sent when the calls were first made
                outlet.send(*timetables.changed())
            elif reply := interpreter.answer(message, answered):
                outlet.send(*outbox.take(), *timetables.changed(), reply)


def _recalled(message: frames.Recall, recorder: Recorder, waiting: WaitingCalls) -> frames.FrameReply:
    try:
        refused = recorder.recall(Path(message.path), waiting.at_once)
    except (StackError, OSError, ValueError, msgspec.MsgspecError) as error:
        why = (
            error
            if isinstance(error, StackError)
            else StackError(f"the state in `{message.path}` cannot be used", why=str(error))
        )
        return frames.FrameReply(message.id, 409, body=msgspec.json.encode((why.what, why.why, why.hint)))
    return frames.FrameReply(message.id, 200, body=str(refused).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
