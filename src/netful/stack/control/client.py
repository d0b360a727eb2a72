"""Client of the control socket, for the command line. It needs no event loop and few imports, so verbs start quickly."""

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any, Self

from netful.model.core import StackError
from netful.stack.control import wire
from netful.stack.control.folder import StackFolder, running
from netful.stack.control.shortages import shortage

_ANSWER_SECONDS = 5.0


def others_hint() -> str:
    """Return the hint that names the running stacks; "" if there are none."""
    others = ", ".join(f"`{other}`" for other in running())
    hint = f"running: {others} (choose with --stack)"
    return others and hint


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
            raise StackError(f"the stack `{name}` is not running", hint=others_hint() or "netful up -d") from None
        self._greet(name)

    def _greet(self, name: str) -> None:
        """Raise NoAnswerError if the stack does not answer within some seconds."""
        self._socket.settimeout(_ANSWER_SECONDS)
        try:
            self.call("hello")
        except TimeoutError:
            self._socket.close()
            owner = StackFolder(name).owner()
            raise NoAnswerError(
                f"the stack `{name}` does not answer",
                why=f"its process {owner} is busy or stopped",
                hint=f"wait for it, or `netful down --force --stack {name}`",
            ) from None
        self._socket.settimeout(None)

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
