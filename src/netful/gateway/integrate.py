"""What stands behind a route, called in time: a function, a mock, a service, a web server (api-gateway §5.1, §5.10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from netful.engine.api_answers import BAD_INTEGRATION, INTERNAL_ERROR, TIMED_OUT, TOO_LONG
from netful.engine.integrations import callee
from netful.functions.invocation import Invocation, InvokeRefused
from netful.gateway import lambda_proxy, mock
from netful.gateway.call import Call
from netful.gateway.faults import Fault
from netful.model.errors import NetfulError
from netful.services.message import Response

log = logging.getLogger(__name__)

Invoke: TypeAlias = Callable[[str, bytes, str], Awaitable[Invocation]]
"""Runs a function, by its id, with an event and a trace's header."""

_LONGEST_MILLIS = 29_000


@dataclass(frozen=True, slots=True)
class Integrations:
    """The integrations, and what they need to reach."""

    invoke: Invoke

    async def answer(self, call: Call) -> Response:
        """The response of a call's integration; raises Fault where the gateway answers in its place."""
        if call.judged.integration_refusal is not None:
            raise Fault(call.judged.integration_refusal)
        method = _METHODS.get(str(call.integration.type))
        if method is None:
            log.warning("%s: integrations of type %s are not served", call.route.origin, call.integration.type)
            raise Fault(INTERNAL_ERROR)
        return await _in_time(method(self, call), call.integration.timeout_in_millis)

    async def mock(self, call: Call) -> Response:
        """MOCK."""
        return mock.answer(call)

    async def lambda_proxy(self, call: Call) -> Response:
        """AWS_PROXY."""
        if str(call.integration.http_method or "POST").upper() != "POST":
            raise Fault(INTERNAL_ERROR)
        done = await self._invoked(call, lambda_proxy.event(call))
        if done.function_error:
            raise Fault(BAD_INTEGRATION)
        response = lambda_proxy.answer(call, done.payload)
        return _traced(response, call)

    async def _invoked(self, call: Call, event: bytes) -> Invocation:
        function_id = callee(call.cloud, call.integration, call.stage).function
        if function_id not in call.cloud.functions:
            log.warning("%s: the function it calls is not part of the stack", call.route.origin)
            raise Fault(INTERNAL_ERROR)
        try:
            return await self.invoke(str(function_id), event, call.names.trace_id)
        except InvokeRefused as refusal:
            raise Fault(TOO_LONG if refusal.status == 413 else BAD_INTEGRATION) from refusal
        except NetfulError as problem:
            log.warning("%s: %s", call.route.origin, problem)
            raise Fault(BAD_INTEGRATION) from problem


_METHODS: dict[str, Callable[[Integrations, Call], Awaitable[Response]]] = {
    "MOCK": Integrations.mock,
    "AWS_PROXY": Integrations.lambda_proxy,
}


def _traced(response: Response, call: Call) -> Response:
    """A response of a back end tells the trace, unless it does so itself; that of a mock does not (§1.3)."""
    if any(name.lower() == "x-amzn-trace-id" for name, _ in response.headers):
        return response
    return replace(response, headers=(*response.headers, ("X-Amzn-Trace-Id", call.names.trace_id)))


async def _in_time(answering: Awaitable[Response], millis: object) -> Response:
    """The answer, if it comes in time. What was begun goes on in any case: a function runs to its end (§5.10)."""
    limit = millis if isinstance(millis, int) else _LONGEST_MILLIS
    task = asyncio.ensure_future(answering)
    done, _ = await asyncio.wait({task}, timeout=limit / 1000)
    if not done:
        task.add_done_callback(_let_go)
        raise Fault(TIMED_OUT)
    return task.result()


def _let_go(task: asyncio.Future[Response]) -> None:
    """Nobody waits for this answer any more: an error in it is nobody's."""
    if not task.cancelled():
        task.exception()
