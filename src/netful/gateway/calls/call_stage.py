"""Stages of a call: each looks at the call and has the stages behind it answer, or answers itself.

Rules:
1. A stage that passes the calls of a meaning would do nothing for them: they go by without it.
2. What a stage does at once for the calls of a meaning is what it would do at length. Where it cannot tell at once, it
   leaves the call, as it came, to itself at length, and nothing has happened yet.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable
from enum import Enum
from functools import partial
from typing import Any, Literal, TypeAlias

from netful.gateway.calls.call import Call
from netful.gateway.calls.meaning import Meaning
from netful.services.http.message import Request, Response


class Later(Enum):
    """The one value of its kind."""

    LATER = "later"


LATER = Later.LATER
"""Not to be answered at once."""

Next: TypeAlias = Callable[[Call], Coroutine[Any, Any, Response]]
"""The stages behind a stage: they answer the call, or raise Fault."""

AtOnce: TypeAlias = Callable[[Request, float, float], Response | Literal[Later.LATER] | None]
"""Do a stage's part for a request, a monotonic time and a time of day: the response, or None where the call goes on."""


class CallStage(ABC):
    """One stage. It raises Fault where the gateway answers in place of the integration."""

    def passes(self, meaning: Meaning) -> bool:  # noqa: ARG002  # those that always have something to do need not say so
        """Return whether there is nothing to do for the calls of a meaning."""
        return False

    def at_once(self, meaning: Meaning) -> AtOnce | None:  # noqa: ARG002  # the same
        """Return what answers the calls of a meaning without waiting; None where nothing does."""
        return None

    @abstractmethod
    async def __call__(self, call: Call, following: Next) -> Response:
        """Answer a call."""


def chained(stages: Iterable[CallStage], last: Next) -> Next:
    """Return the way through stages, in their order, to what answers last."""
    for stage in reversed([*stages]):
        last = partial(stage, following=last)
    return last


async def nothing(call: Call) -> Response:
    """Stand behind the last stage, which answers every call."""
    raise AssertionError(call.request)
