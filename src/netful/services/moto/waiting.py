"""SQS long polling: a ReceiveMessage that waits for a message without blocking the other calls.

moto loops until a message comes, which never happens in a process with one thread. Here the call is set aside and
repeated from time to time, until it has a message or its `WaitTimeSeconds` are over.
"""

from collections.abc import Callable, Iterator
from typing import Any

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.moto.recall import Recorder

_PAUSE = 0.02
_TARGET = "AmazonSQS.ReceiveMessage"
_ACTION = b"Action=ReceiveMessage"


class _NothingYet(BaseException):
    """Signal that the queue is empty and the caller waits `seconds`. Not an Exception, so that moto does not answer it."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class WaitingCalls:
    """Queue of calls that wait; other calls are passed on."""

    def __init__(self, answers: Recorder) -> None:
        self._answers = answers
        self._waiting: list[tuple[float, FrameCall]] = []
        self._patient = True
        self._hooked = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def pause(self) -> float:
        """Seconds until the waiting calls are repeated."""
        return _PAUSE

    def answer(self, call: FrameCall, now: float) -> FrameReply | None:
        """Answer a call, or keep it and return None."""
        if not _receives(call):
            return self._answers.answer(call)
        self._hook()
        try:
            return self._answers.answer(call)
        except _NothingYet as nothing:
            self._waiting.append((now + nothing.seconds, call))
            return None

    def at_once(self, call: FrameCall) -> FrameReply:
        """Answer a call without a wait."""
        if _receives(call):
            self._hook()
        self._patient = False
        try:
            return self._answers.answer(call)
        finally:
            self._patient = True

    def due(self, now: float) -> Iterator[FrameReply]:
        """Repeat each waiting call; yield the answers of those that no longer wait."""
        waiting, self._waiting = self._waiting, []
        for deadline, call in waiting:
            self._patient = now < deadline
            try:
                yield self._answers.answer(call)
            except _NothingYet:
                self._waiting.append((deadline, call))
            finally:
                self._patient = True

    def _hook(self) -> None:
        if self._hooked:
            return
        from moto.sqs.models import SQSBackend  # noqa: PLC0415  # services are imported when they are first called

        patient = self._without_waiting(SQSBackend.receive_message)
        SQSBackend.receive_message = patient  # type: ignore[method-assign]
        self._hooked = True

    def _without_waiting(self, receive: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def receive_message(
            backend: Any, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any
        ) -> list[Any]:
            messages = receive(backend, queue_name, count, 0, *rest)
            if not messages and wait_seconds_timeout and self._patient:
                raise _NothingYet(wait_seconds_timeout)
            return messages

        return receive_message


def _receives(call: FrameCall) -> bool:
    return _ACTION in call.body or any(
        value == _TARGET for name, value in call.headers if name.lower() == "x-amz-target"
    )
