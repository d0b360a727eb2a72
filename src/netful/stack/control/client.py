"""Client of the control socket, for the command line. It needs no event loop and few imports, so verbs start quickly."""

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from netful.model.core import StackError
from netful.stack.control import wire
from netful.stack.control.folder import StackFolder, name_for, running
from netful.stack.control.shortages import shortage

_BUSY_SECONDS = 30.0
"""Time for the first answer of a stack that has much to do, on a machine that has much to do."""
_LOOK_MS = 1000


def others_hint() -> str:
    """Return the hint that names the running stacks; "" if there are none."""
    others = ", ".join(f"`{other}`" for other in running())
    hint = f"running: {others} (choose with --stack)"
    return others and hint


def start_hint(name: str) -> str:
    """Return the hint for a stack that does not run: those that run, or the command that starts it, without the folder's own name."""
    start = "netful up -d" if name == name_for(None) and not running() else f"netful up -d --stack {name}"
    others = others_hint()
    return f"{others}, or `{start}`" if others else start


class NoAnswerError(StackError):
    """A stack runs and does not answer."""


class Client:
    """A connection to a running stack; one request at a time."""

    def __init__(self, name: str) -> None:
        try:
            self._socket = StackFolder(name).connected()
        except OSError as fault:
            if short := shortage(fault):
                raise short from None
            if StackFolder(name).owned():
                raise StackError(
                    f"the stack `{name}` is still starting", hint=f"wait for it, or `netful down --stack {name}`"
                ) from None
            raise StackError(f"the stack `{name}` is not running", hint=start_hint(name)) from None
        self._greet(name)

    def _greet(self, name: str) -> None:
        """Wait for the stack's first answer; raise NoAnswerError if its process is stopped, or busy for long."""
        with contextlib.suppress(BrokenPipeError):  # the stack ended: there is no answer
            self._socket.sendall(wire.encode({"verb": "hello"}))
        answered, owner = select.poll(), StackFolder(name).owner()
        answered.register(self._socket, select.POLLIN)
        deadline = time.monotonic() + _BUSY_SECONDS
        while not answered.poll(_LOOK_MS):
            stopped = owner is not None and _is_stopped(owner)
            if stopped or time.monotonic() > deadline:
                self._socket.close()
                why = f"its process {owner} is stopped" if stopped else f"its process {owner} is busy"
                hint = f"wait for it, or `netful down --force --stack {name}`"
                if stopped:
                    hint = f"`kill -CONT {owner}`, or `netful down --force --stack {name}`"
                raise NoAnswerError(f"the stack `{name}` does not answer", why=why, hint=hint)
        self.conclude(self._answer())

    def call(self, verb: str, **arguments: Any) -> Any:
        """Send a request and return the result of its answer. Raises the NetfulError that the daemon raised."""
        return self.conclude(self.stream(verb, **arguments))

    def stream(self, verb: str, *, fds: tuple[int, ...] = (), **arguments: Any) -> Iterator[dict[str, Any]]:
        """Send a request and yield every message of the answer. The daemon receives copies of `fds`."""
        request = wire.encode({"verb": verb} | arguments)
        if fds:
            sent = socket.send_fds(self._socket, [request], list(fds))
            request = request[sent:]
        with contextlib.suppress(BrokenPipeError):  # the stack ended: there is no answer
            self._socket.sendall(request)
        yield from self._answer()

    def _answer(self) -> Iterator[dict[str, Any]]:
        while (message := self._receive()) is not None:
            yield message
            if "event" not in message:
                return

    def conclude(self, messages: Iterator[dict[str, Any]], received: Callable[[Any], None] = lambda _: None) -> Any:
        """Return the result at the end of an answer; `received` gets the events before it."""
        for message in messages:
            if "event" in message:
                received(message["event"])
            if "error" in message:
                raise wire.to_error(message["error"])
            if "result" in message:
                return message["result"]
        raise StackError("the stack ended while it was asked", hint="netful status")

    def send(self, message: dict[str, Any]) -> None:
        """Send a further message while the answer is not complete (signals for `exec`)."""
        self._socket.sendall(wire.encode(message))

    def stop_by_signals(self) -> None:
        """Have Ctrl-C and SIGTERM end the request in order from now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.send({"stop": True}))

    def _receive(self) -> dict[str, Any] | None:
        header = self._read(wire.LENGTH.size)
        if header is None:
            return None
        body = self._read(wire.LENGTH.unpack(header)[0])
        return None if body is None else wire.decode(body)

    def _read(self, length: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = self._socket.recv(length - len(parts))
            except ConnectionResetError:  # the stack ended with a request unread
                return None
            if not part:
                return None
            parts += part
        return bytes(parts)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_stopped(pid: int) -> bool:
    """Return whether a process is stopped by a signal (proc(5), the state in `stat`)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in {"T", "t"}
    except OSError:
        return False
