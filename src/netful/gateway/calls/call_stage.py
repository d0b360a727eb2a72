"""Stages of a call: each checks the call and passes it to the next stage, or answers it.

Rules:
1. A stage that passes the calls of a meaning has no work for them: the plan of these calls omits the stage.
2. The short way of a stage (`at_once`) has the same effect as the long way. If the short way cannot decide, it returns LATER
   without any effect, and the call takes the long way.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable
from enum import Enum
from functools import partial
from typing import Any, Literal, TypeAlias

from netful.gateway.calls.call import Call
from netful.gateway.calls.meaning import Meaning
from netful.services.http.message import Request, Response


class Later(Enum):
    """Type of `LATER`, its only value."""

    LATER = "later"


LATER = Later.LATER
"""Result for a call that cannot be answered without waiting."""

Next: TypeAlias = Callable[[Call], Coroutine[Any, Any, Response]]
"""The stages after a stage: they answer the call, or raise Fault."""

AtOnce: TypeAlias = Callable[[Request, float, float], Response | Literal[Later.LATER] | None]
"""Short way of a stage: for a request, a monotonic time and a time of day, the response; None if the call goes on."""


class CallStage(ABC):
    """A stage. It raises Fault if the gateway answers in place of the integration. Traces show it by its `title`, if it has one."""

    title = ""

    def passes(self, meaning: Meaning) -> bool:  # noqa: ARG002  # those that always have something to do need not say so
        """Return whether the stage has no work for the calls of a meaning."""
        return False

    def at_once(self, meaning: Meaning) -> AtOnce | None:  # noqa: ARG002  # the same
        """Return the short way for the calls of a meaning; None if the stage has none."""
        return None

    @abstractmethod
    async def __call__(self, call: Call, following: Next) -> Response:
        """Answer a call."""


def chained(stages: Iterable[CallStage], last: Next) -> Next:
    """Return the way through stages, in their order, to the last one."""
    for stage in reversed([*stages]):
        last = partial(stage, following=last)
    return last


async def nothing(call: Call) -> Response:
    """End of the chain, which no call reaches: the last stage answers every call."""
    raise AssertionError(call.request)
