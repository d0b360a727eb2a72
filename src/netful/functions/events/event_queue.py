"""Asynchronous invocations: the queue between a caller's 202 and the function, with its retries (lambda §4.4).

| an attempt ends with | then |
|---|---|
| success | the success destination receives a record |
| a function error | again after 1 and 2 minutes, up to the allowed retries; then the failure destination and the dead letter queue |
| 429 or 5xx | back into the queue, after 1 s, doubled up to 5 min, until the event is too old |
| no concurrency at all (reserved 0), or a recursive loop | the failure destination at once |

Time comes from a `Clock`, so that tests need not wait for six hours.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from netful.functions.events.event_settings import EventSettings
from netful.functions.events.invocation_record import Condition, Delivery, Event, dead_letter, delivered, record
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.requests import RECURSIVE
from netful.model.core import Frozen, NetfulError
from netful.model.functions.function import Function

log = logging.getLogger(__name__)

_FIRST_RETRY_SECONDS = 60.0
_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0


class Clock:
    """Real time; tests have another."""

    def now(self) -> float:
        """Return seconds since an arbitrary start, never decreasing."""
        return time.monotonic()

    def epoch(self) -> float:
        """Return seconds since 1970, as in other systems."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        await asyncio.sleep(seconds)


class Outlets(Frozen):
    """The queue's calls: `invoke` runs a function once, `send` delivers to a destination, `count` adds to a metric."""

    invoke: Callable[[Event], Awaitable[Invocation]]
    send: Callable[[Delivery], Awaitable[None]]
    function: Callable[[str], Function]
    settings: Callable[[Event], EventSettings]
    count: Callable[[str, Event, float], None] = lambda _metric, _event, _value: None


class EventQueue:
    """The queues of all functions: each event is a separate task, without an order."""

    def __init__(self, outlets: Outlets, clock: Clock | None = None) -> None:
        self._outlets = outlets
        self._clock = clock or Clock()
        self._events = Background()

    def put(self, event: Event) -> None:
        """Accept an event."""
        self._events.start(self._see_through(event))

    async def drained(self) -> None:
        """Wait until no event is in progress."""
        while self._events.tasks:
            await asyncio.gather(*self._events.tasks)

    async def close(self) -> None:
        """Discard waiting events."""
        await self._events.close()

    async def _see_through(self, event: Event) -> None:
        try:
            await self._attempt_until_done(event)
        except NetfulError as problem:
            log.warning("an event for `%s` was lost: %s", event.function_id, problem.what)
        except Exception:
            log.exception("an event for `%s` is lost", event.function_id)

    async def _attempt_until_done(self, event: Event) -> None:
        self._outlets.count("AsyncEventsReceived", event, 1.0)
        if self._outlets.function(event.function_id).reserved_concurrent_executions == 0:
            await self._fail(event, Condition.ZERO_CONCURRENCY, 0, None)
            return
        began, attempts, pause = self._clock.now(), 0, _SHORTEST_PAUSE
        last: Invocation | None = None
        while True:
            settings = self._outlets.settings(event)  # the present settings, also after a change
            self._outlets.count("AsyncEventAge", event, (self._clock.now() - began) * 1000)
            try:
                last = await self._outlets.invoke(event)
            except InvokeRefused as refusal:
                if refusal.code == RECURSIVE:
                    log.warning("an event for `%s` was stopped: %s", event.function_id, refusal)
                    await self._fail(event, Condition.RETRIES_EXHAUSTED, attempts, last)
                    return
                if refusal.status != 429 and refusal.status < 500:
                    raise
                wait, pause = pause, min(pause * 2, _LONGEST_PAUSE)
            else:
                attempts += 1
                if last.function_error is None:
                    await self._succeed(event, attempts, last)
                    return
                if attempts > settings.maximum_retry_attempts:
                    await self._fail(event, Condition.RETRIES_EXHAUSTED, attempts, last)
                    return
                wait = _FIRST_RETRY_SECONDS * attempts
            if self._clock.now() + wait - began > settings.maximum_event_age:
                await self._fail(event, Condition.AGE_EXCEEDED, attempts, last)
                return
            await self._clock.sleep(wait)

    async def _succeed(self, event: Event, attempts: int, done: Invocation) -> None:
        destination = self._outlets.settings(event).on_success
        if destination:
            await self._outlets.send(delivered(destination, event, record(event, Condition.SUCCESS, attempts, done)))

    async def _fail(self, event: Event, condition: Condition, attempts: int, last: Invocation | None) -> None:
        self._outlets.count("AsyncEventsDropped", event, 1.0)
        settings = self._outlets.settings(event)
        if settings.on_failure:
            await self._outlets.send(delivered(settings.on_failure, event, record(event, condition, attempts, last)))
        if settings.dead_letter:
            await self._outlets.send(dead_letter(settings.dead_letter, event, last))
