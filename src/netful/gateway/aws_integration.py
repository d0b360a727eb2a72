"""AWS: a mapped request to a service's back end, or to a function, and its mapped answer (api-gateway §5.8, §5.9)."""

from __future__ import annotations

import msgspec

from netful.engine.api_answers import INTERNAL_ERROR
from netful.engine.integrations import Callee
from netful.engine.service_requests import build
from netful.functions.invocation import Invocation
from netful.gateway.call import Call
from netful.gateway.faults import Fault
from netful.gateway.mapping import Mapped, request_parameters, response
from netful.model import catalog
from netful.services.inside import CallHost
from netful.services.message import Request, Response


async def from_service(call: Call, callee: Callee, mapped: Mapped, call_host: CallHost) -> Response:
    """The response for a service's answer; an error of the service is an answer, chosen by its status."""
    if callee.service is None:
        raise Fault(INTERNAL_ERROR)
    built = build(
        callee,
        str(call.integration.http_method or "POST").upper(),
        request_parameters(call, "path", mapped),
        request_parameters(call, "querystring", mapped),
        request_parameters(call, "header", mapped),
    )
    body = mapped.body
    request = Request(built.method, built.target, tuple(built.headers.items()), body, call.request.connection)
    host = catalog.service(callee.service).host(call.api.region)
    if call.record is not None:
        call.record.sending(f"https://{host}{built.target}", request.headers, body)
    answer = await call_host(host, request)
    if call.record is not None:
        call.record.saw(answer.status)
        call.record.received(answer)
    return response(call, str(answer.status), answer, mapped)


def from_function(call: Call, done: Invocation, mapped: Mapped) -> Response:
    """The response for a function's result, which is the body as it is; a failure is chosen by its message."""
    message = ""
    if done.function_error:
        error = msgspec.json.decode(done.payload)
        message = str(error.get("errorMessage", "")) if isinstance(error, dict) else ""
    return response(call, message, Response(200, (), done.payload), mapped)
