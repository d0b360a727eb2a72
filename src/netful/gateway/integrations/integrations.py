"""Integrations of routes, called within their time limit: functions, mocks, services, web servers (api-gateway §5.1, §5.10)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import field

from netful.engine.admission.integration_mappings import MAPPED
from netful.engine.admission.invocation import internal_error
from netful.engine.apis.request_limits import BODY
from netful.engine.http import streaming
from netful.engine.http.gateway_errors import (
    BAD_INTEGRATION,
    HTTP_INTERNAL_ERROR,
    HTTP_UNAVAILABLE,
    TIMED_OUT,
    TOO_LONG,
    GatewayAnswer,
)
from netful.engine.http.headers import value_of
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault, misconfigured
from netful.gateway.calls.ports import Ports
from netful.gateway.calls.record import Record
from netful.gateway.integrations import (
    aws_integration,
    http_api_integrations,
    lambda_proxy,
    mock,
    web_server_integration,
)
from netful.gateway.integrations.mapping import Mapper, refuse_headers
from netful.gateway.integrations.proxy_events import Events
from netful.gateway.integrations.streaming import from_function, kept_in_bounds
from netful.gateway.sockets.events import event
from netful.model.apis.api import Protocol
from netful.model.core import Frozen, NetfulError
from netful.model.names.service_names import service
from netful.services.http.message import Response

T = TypeVar("T")
_Run = Callable[..., Coroutine[Any, Any, T]]

log = logging.getLogger(__name__)

_LONGEST_MILLIS = 29_000


class Integrations(Frozen):
    """Integrations of every API."""

    ports: Ports
    mapper: Mapper
    events: Events = field(default_factory=Events)

    async def answer(self, call: Call) -> Response:
        """Return the response of the integration of a call; raise Fault if the gateway answers in its place."""
        if call.judged.integration_refusal is not None:
            function = call.route.integration is not None and call.callee.function in call.cloud.compute.functions
            await self._refuse_mapping(call)
            why = "Invalid permissions on Lambda function" if function else "Invalid integration"
            raise misconfigured(why, call.judged.integration_refusal)
        as_it_comes = streaming.streams(call.api, call.integration)
        began = asyncio.get_running_loop().time() if as_it_comes else 0.0
        methods = _STREAMING_METHODS if as_it_comes else _TABLES[call.api.protocol]
        method = methods.get(str(call.integration.type))
        if method is None:
            log.warning("%s: integrations of type %s are not served", call.route.origin, call.integration.type)
            raise Fault(internal_error(call.api))
        late = HTTP_UNAVAILABLE if call.api.protocol is Protocol.HTTP else TIMED_OUT
        whole = call.integration.type not in _WEB
        answering = _in_time(method(self, call), call.integration.timeout_in_millis, late, whole=whole)
        response = await (answering if call.record is None else _recorded(call.record, answering))
        return kept_in_bounds(call, response, began) if as_it_comes else _of_size(call, response)

    async def _refuse_mapping(self, call: Call) -> None:
        """Raise Fault for a call that its mappings refuse, which comes before other refusals."""
        integration = call.route.integration
        if integration is not None and integration.subtype is not None:
            http_api_integrations.parameters(call)
        elif integration is not None and integration.type in MAPPED:
            await self.mapper.request_body(call)

    async def lambda_proxy(self, call: Call) -> Response:
        """Have the function of a REST API answer (AWS_PROXY)."""
        refuse_headers(call)
        done = await self._invoked(call, self.events.text(call))
        if done.function_error:
            raise Fault(BAD_INTEGRATION)
        response = lambda_proxy.answer(call, done.payload)
        return _traced(response, call)

    async def streaming_lambda_proxy(self, call: Call) -> Response:
        """Have the streaming function of a REST API answer (AWS_PROXY)."""
        refuse_headers(call)
        begun = await self._run(call, self.events.text(call), self.ports.invoke_streaming)
        if call.record is not None:
            call.record.received(begun)
        return _traced(await from_function(call, begun), call)

    async def aws(self, call: Call) -> Response:
        """Have a function with its own mapping, or a service, answer (AWS)."""
        called = call.callee
        mapped = await self.mapper.request_body(call)
        if called.function is None:
            return _traced(
                await aws_integration.from_service(call, called, mapped, self.ports.call_host, self.mapper), call
            )
        headers = await self.mapper.request_parameters(call, "header", mapped)
        if value_of(tuple(headers.items()), "x-amz-invocation-type") == "Event":
            tenant = value_of(tuple(headers.items()), "x-amz-tenant-id") or ""
            self.ports.invoke_later(self._function(call), mapped.body, called.qualifier or "", tenant)
            return _traced(await self.mapper.response(call, "", Response(202), mapped), call)
        done = await self._invoked(call, mapped.body)
        return _traced(await aws_integration.from_function(call, done, mapped, self.mapper), call)

    async def http(self, call: Call) -> Response:
        """Have a web server answer, by mappings (HTTP)."""
        return _traced(await web_server_integration.mapped(call, self.ports.send, self.mapper), call)

    async def function_of_http_api(self, call: Call) -> Response:
        """Have a function of an HTTP API answer, or an action of a service (AWS_PROXY)."""
        if call.integration.subtype is not None:
            return await http_api_integrations.by_service(call, self.ports.call_host)
        return await http_api_integrations.by_function(call, partial(self._invoked, call))

    async def function_of_socket_api(self, call: Call) -> Response:
        """Have the function of a WebSocket API answer (AWS_PROXY)."""
        done = await self._invoked(call, msgspec.json.encode(event(call, request_context(call))))
        if done.function_error:
            raise Fault(BAD_INTEGRATION)
        return lambda_proxy.answer(call, done.payload)

    async def _invoked(self, call: Call, event: bytes) -> Invocation:
        done = await self._run(call, event, self.ports.invoke)
        if call.record is not None:
            headers = (("x-amzn-RequestId", done.request_id), ("X-Amz-Executed-Version", done.executed_version))
            call.record.received(Response(done.status, headers, done.payload))
        return done

    async def _run(self, call: Call, event: bytes, invoke: _Run[T]) -> T:
        """Return the result of the function of a call; raise Fault if it cannot run."""
        http = call.api.protocol is Protocol.HTTP
        failed = HTTP_INTERNAL_ERROR if http else BAD_INTEGRATION
        function_id = self._function(call)
        if call.record is not None:
            uri = f"https://{service('lambda').host(call.api.region)}/{str(call.callee.uri).partition(':path/')[2]}"
            call.record.sending(uri, (("X-Amzn-Trace-Id", call.names.trace_id),), event)
        try:
            tenant = await self.mapper.tenant(call)
            return await invoke(function_id, event, call.names.trace_id, call.callee.qualifier or "", tenant)
        except InvokeRefused as refusal:
            raise Fault(TOO_LONG if refusal.status == 413 and not http else failed) from refusal
        except NetfulError as problem:
            log.warning("%s: %s", call.route.origin, problem)
            raise Fault(failed) from problem

    def _function(self, call: Call) -> str:
        """Return the id of the function that the integration of a call names; raise Fault for one that is not part of the stack."""
        function_id = call.callee.function
        if function_id is None or function_id not in call.cloud.compute.functions:
            log.warning("%s: the function it calls is not part of the stack", call.route.origin)
            raise Fault(internal_error(call.api))
        return function_id


_Method: TypeAlias = Callable[[Integrations, Call], Coroutine[Any, Any, Response]]
_METHODS: dict[str, _Method] = {
    "MOCK": lambda own, call: mock.answer(call, own.mapper),
    "AWS": Integrations.aws,
    "AWS_PROXY": Integrations.lambda_proxy,
    "HTTP": Integrations.http,
    "HTTP_PROXY": lambda own, call: web_server_integration.proxied(call, own.ports.send, own.mapper),
}
_WEB = frozenset({"HTTP", "HTTP_PROXY"})
_HTTP_METHODS: dict[str, _Method] = {
    "AWS_PROXY": Integrations.function_of_http_api,
    "HTTP_PROXY": lambda own, call: http_api_integrations.by_web_server(call, own.ports.send),
}

_STREAMING_METHODS: dict[str, _Method] = {
    "AWS_PROXY": Integrations.streaming_lambda_proxy,
    "HTTP_PROXY": lambda own, call: web_server_integration.proxied(call, own.ports.send_streaming, own.mapper),
}

_SOCKET_METHODS = _METHODS | {"AWS_PROXY": Integrations.function_of_socket_api}
_TABLES = {Protocol.REST: _METHODS, Protocol.HTTP: _HTTP_METHODS, Protocol.WEBSOCKET: _SOCKET_METHODS}


def _of_size(call: Call, response: Response) -> Response:
    """Return a response; raise Fault for one that is too large (§5.11)."""
    size = len(response.body)
    if size <= BODY:
        return response
    why = f"Integration response of reported length {size} is larger than allowed maximum of {BODY} bytes."
    raise misconfigured(why, internal_error(call.api))


async def _recorded(record: Record, answering: Coroutine[Any, Any, Response]) -> Response:
    """Return the answer, and note its time."""
    record.integrating()
    try:
        response = await answering
    except Fault as fault:
        record.integrated(fault.answer.status)
        raise
    record.integrated(response.status)
    return response


def _traced(response: Response, call: Call) -> Response:
    """Return a response of a back end with the header of the trace. The response of a mock has no such header (§1.3)."""
    for name, _ in response.headers:
        if name.lower() == "x-amzn-trace-id":
            return response
    own = (*response.own, ("X-Amzn-Trace-Id", call.names.trace_id))
    return Response(response.status, response.headers, response.body, own, response.takes_over, response.stream)


async def _in_time(
    answering: Coroutine[Any, Any, Response], millis: object, late: GatewayAnswer, *, whole: bool
) -> Response:
    """Return the answer if it comes in time. With `whole`, the work goes on after the time limit, as functions do (§5.10)."""
    limit = millis if isinstance(millis, int) else _LONGEST_MILLIS
    try:
        async with asyncio.timeout(limit / 1000) as timeout:
            return await (asyncio.shield(answering) if whole else answering)
    except TimeoutError:
        if not timeout.expired():
            raise
        raise Fault(late, "a timeout error") from None
