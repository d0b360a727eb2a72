"""Process for work apart: it calls one function after another, each within a deadline that the kernel keeps.

Started by `gateway.apart.apart` as `python -m netful.gateway.apart.process PARENT_PID`, with a socket as standard input. A message is
its length in eight bytes, and a pickle: a function and its arguments there, whether it returned and what back.
"""

import os
import pickle
import signal
import socket
import sys
from io import BufferedRWPair
from typing import Any

from netful.engine.effort.allowance import BeyondAllowanceError
from netful.fabric.kernel import syscalls
from netful.model.core import NetfulError

SECONDS = 2.0  # of CPU, so that other programs of the machine do not count
LENGTH = 8
_NICE = 10


def main(parent: int) -> None:
    """Work until the gateway is gone."""
    syscalls.die_with_parent(parent)
    os.nice(_NICE)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # its wake-up does not preempt the gateway
    with socket.socket(fileno=0) as sock, sock.makefile("rwb") as stream:
        while head := stream.read(LENGTH):
            _work(stream, int.from_bytes(head, "big"))


def _work(stream: BufferedRWPair, length: int) -> None:
    function, arguments = pickle.loads(stream.read(length))  # noqa: S301  # the gateway's own
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # whose signal ends the process, also within C code
    answer = pickle.dumps(_called(function, arguments))
    signal.setitimer(signal.ITIMER_PROF, 0)
    stream.write(len(answer).to_bytes(LENGTH, "big") + answer)
    stream.flush()


def _called(function: Any, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*arguments)
    except (NetfulError, BeyondAllowanceError) as error:
        return False, error


if __name__ == "__main__":
    main(int(sys.argv[1]))
