"""One end of the stream between the daemon and a worker: each side calls methods of the other one.

A message is a pickle after its length, many in flight: both sides are the same program, and no other program can write to the stream.
"""

import asyncio
import logging
import pickle
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from netful.functions.invocations.invocation import InvokeRefused
from netful.gateway.integrations.streaming import BrokenOffError
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.core import NetfulError, StackError
from netful.services.backends.frames import FrameBuffer, framed

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

_HANDLED = (InvokeRefused, UnreachableError, BrokenOffError, NetfulError)
"""Errors that the gateway handles; any other one is a bug."""

_NO_REPLY = 0


_CALL, _RETURNED, _RAISED, _GIVEN_UP = range(4)
"""Kinds of messages. Behind its kind each has the number of its call, and

| kind | what follows |
|---|---|
| call | `Class.method`, its arguments, its named arguments; without a reply the number is `_NO_REPLY` |
| returned | the result |
| raised | the error's class, its arguments and its attributes |
| given up | nothing: the caller no longer waits for the reply |
"""


class Stream(asyncio.Protocol):
    """Calls to the other side, and its calls to the objects that `serve` names. `ended` is set when the other side is gone."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._served: dict[str, object] = {}
        self._buffer = FrameBuffer()
        self._numbers = count(_NO_REPLY + 1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def serve(self, served: Mapping[type, object]) -> None:
        """Let the other side call the methods of some objects, by the classes that define them."""
        self._served = {kind.__name__: one for kind, one in served.items()}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Receive frames from the other side."""
        for message in self._buffer.feed(data):
            kind, id_, *content = pickle.loads(message)  # noqa: S301  # the other side's own
            if kind == _CALL:
                self._called(id_, *content)
            elif kind == _GIVEN_UP:
                if task := self._tasks.pop(id_, None):
                    task.cancel()
            elif id_ in self._pending and not self._pending[id_].done():
                if kind == _RETURNED:
                    self._pending[id_].set_result(*content)
                else:
                    self._pending[id_].set_exception(_error(*content))

    def _called(self, id_: int, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        served, _, name = method.partition(".")
        called = getattr(self._served[served], name)
        if id_ == _NO_REPLY:
            called(*arguments, **named)
            return
        reply = self._reply(id_, partial(called, *arguments, **named))
        self._tasks[id_] = asyncio.get_running_loop().create_task(reply)

    async def _reply(self, id_: int, call: Callable[[], Awaitable[Any]]) -> None:
        try:
            reply = _framed(_RETURNED, id_, await call())
        except _HANDLED as error:
            reply = _framed(_RAISED, id_, type(error), error.args, vars(error))
        except Exception as bug:  # an error costs one answer, as in the gateway itself
            log.exception("a call of the other side failed")
            reply = _framed(_RAISED, id_, StackError, (str(bug),), vars(StackError(str(bug))))
        self._tasks.pop(id_, None)
        self._write(reply)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Fail all calls, and give up those of the other side: it has ended."""
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the other side ended"))
        self._pending.clear()
        for task in self._tasks.values():
            task.cancel()
        self.ended.set()

    def say(self, method: Callable[Concatenate[Any, P], object], *arguments: P.args, **named: P.kwargs) -> None:
        """Call a method of the other side without a reply."""
        self._write(_framed(_CALL, _NO_REPLY, method.__qualname__, arguments, named))

    async def ask(
        self, method: Callable[Concatenate[Any, P], Awaitable[T]], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Return the result of a method of the other side, or raise its error; ConnectionResetError if the other side is gone."""
        if self.ended.is_set():
            raise ConnectionResetError("the other side ended")
        id_ = next(self._numbers)
        waiting = self._pending[id_] = asyncio.get_running_loop().create_future()
        self._write(_framed(_CALL, id_, method.__qualname__, arguments, named))
        try:
            return cast("T", await waiting)
        except asyncio.CancelledError:
            self._write(_framed(_GIVEN_UP, id_))
            raise
        finally:
            self._pending.pop(id_, None)

    def _write(self, data: bytes) -> None:
        if not self.ended.is_set():
            self._transport.write(data)

    def close(self) -> None:
        """Close the stream."""
        self._transport.abort()


def _framed(*message: object) -> bytes:
    return framed(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def _error(kind: type[Exception], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> Exception:
    """Return an error, made without its class's `__init__`, whose arguments are not known here."""
    error = kind.__new__(kind)
    error.args = arguments
    vars(error).update(attributes)
    return error
