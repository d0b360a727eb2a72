"""What stands behind a route, called in time: a function, a mock, a service, a web server (api-gateway §5.1, §5.10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec

from netful.engine.api_answers import (
    BAD_INTEGRATION,
    HTTP_INTERNAL_ERROR,
    HTTP_UNAVAILABLE,
    INTERNAL_ERROR,
    TIMED_OUT,
    TOO_LONG,
    Answer,
)
from netful.engine.integrations import callee
from netful.functions.invocation import Invocation, InvokeRefused
from netful.gateway import aws_integration, http_event, lambda_proxy, mock
from netful.gateway.call import Call
from netful.gateway.faults import Fault
from netful.gateway.mapping import request_body
from netful.gateway.ports import Invoke
from netful.model.api import HttpApi
from netful.model.errors import NetfulError
from netful.services.inside import CallHost
from netful.services.message import Response

log = logging.getLogger(__name__)

_LONGEST_MILLIS = 29_000


@dataclass(frozen=True, slots=True)
class Integrations:
    """The integrations, and what they need to reach."""

    invoke: Invoke
    call_host: CallHost

    async def answer(self, call: Call) -> Response:
        """The response of a call's integration; raises Fault where the gateway answers in its place."""
        if call.judged.integration_refusal is not None:
            raise Fault(call.judged.integration_refusal)
        method = _METHODS.get(str(call.integration.type))
        if method is None:
            log.warning("%s: integrations of type %s are not served", call.route.origin, call.integration.type)
            raise Fault(INTERNAL_ERROR)
        late = HTTP_UNAVAILABLE if isinstance(call.api, HttpApi) else TIMED_OUT
        return await _in_time(method(self, call), call.integration.timeout_in_millis, late)

    async def mock(self, call: Call) -> Response:
        """MOCK."""
        return mock.answer(call)

    async def lambda_proxy(self, call: Call) -> Response:
        """AWS_PROXY."""
        if isinstance(call.api, HttpApi):
            return await self._of_http_api(call)
        if str(call.integration.http_method or "POST").upper() != "POST":
            raise Fault(INTERNAL_ERROR)
        done = await self._invoked(call, msgspec.json.encode(lambda_proxy.event(call)))
        if done.function_error:
            raise Fault(BAD_INTEGRATION)
        response = lambda_proxy.answer(call, done.payload)
        return _traced(response, call)

    async def aws(self, call: Call) -> Response:
        """AWS: a function with its own mapping, or a service."""
        called = callee(call.cloud, call.integration, call.stage)
        mapped = request_body(call)
        if called.function is None:
            return _traced(await aws_integration.from_service(call, called, mapped, self.call_host), call)
        done = await self._invoked(call, mapped.body.encode())
        return _traced(aws_integration.from_function(call, done, mapped), call)

    async def _of_http_api(self, call: Call) -> Response:
        """AWS_PROXY of an HTTP API, whose events are of format 2.0 unless its integration says 1.0 (§5.1)."""
        newer = call.integration.payload_format_version != "1.0"
        done = await self._invoked(
            call, msgspec.json.encode(http_event.event(call) if newer else lambda_proxy.event(call))
        )
        if done.function_error:
            raise Fault(HTTP_INTERNAL_ERROR)
        return http_event.answer(done.payload) if newer else lambda_proxy.answer(call, done.payload)

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
    "AWS": Integrations.aws,
    "AWS_PROXY": Integrations.lambda_proxy,
}


def _traced(response: Response, call: Call) -> Response:
    """A response of a back end tells the trace, unless it does so itself; that of a mock does not (§1.3)."""
    if any(name.lower() == "x-amzn-trace-id" for name, _ in response.headers):
        return response
    return replace(response, headers=(*response.headers, ("X-Amzn-Trace-Id", call.names.trace_id)))


async def _in_time(answering: Awaitable[Response], millis: object, late: Answer) -> Response:
    """The answer, if it comes in time. What was begun goes on in any case: a function runs to its end (§5.10)."""
    limit = millis if isinstance(millis, int) else _LONGEST_MILLIS
    task = asyncio.ensure_future(answering)
    done, _ = await asyncio.wait({task}, timeout=limit / 1000)
    if not done:
        task.add_done_callback(_let_go)
        raise Fault(late)
    return task.result()


def _let_go(task: asyncio.Future[Response]) -> None:
    """Nobody waits for this answer any more: an error in it is nobody's."""
    if not task.cancelled():
        task.exception()
