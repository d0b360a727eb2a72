"""AWS: a mapped request to the back end of a service, or to a function, and the mapped answer (api-gateway §5.8, §5.9)."""

from dataclasses import replace

import msgspec

from netful.engine.http.function_payloads import error_message
from netful.engine.http.gateway_errors import INTERNAL_ERROR
from netful.engine.http.headers import has, value_of
from netful.engine.integrations import query_protocol
from netful.engine.integrations.integration_targets import Callee
from netful.engine.integrations.service_requests import Built, build
from netful.functions.invocations.invocation import Invocation
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault, misconfigured
from netful.gateway.integrations import integration_roles
from netful.gateway.integrations.mapping import Mapped, Mapper
from netful.model.names import service_names
from netful.services.front.service_trace import carrying
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response


async def from_service(call: Call, callee: Callee, mapped: Mapped, call_host: CallHost, mapper: Mapper) -> Response:
    """Return the response for the answer of a service. An error of the service is an answer too, chosen by its status."""
    if callee.service is None:
        raise Fault(INTERNAL_ERROR)
    method = str(call.integration.http_method or "POST").upper()
    built = build(
        callee,
        call.request.method if method == "ANY" else method,
        await mapper.request_parameters(call, "path", mapped),
        await mapper.request_parameters(call, "querystring", mapped),
        await mapper.request_parameters(call, "header", mapped),
    )
    if built is None:
        raise misconfigured("a placeholder of the URI has no value")
    body = mapped.body
    headers = (*built.headers.items(), ("Authorization", _signature(call, callee.service)))
    request = Request(built.method, built.target, headers, body, call.request.connection)
    if trace := call.names.sampled_trace:
        request = carrying(request, trace)
    host = service_names.service(callee.service).host(call.api.region)
    if call.record is not None:
        call.record.sending(f"https://{host}{built.target}", request.headers, body)
    answer = integration_roles.denial(call, callee.service, host, request) or await call_host(host, request)
    if call.record is not None:
        call.record.saw(answer.status)
        call.record.received(answer)
    return await mapper.response(call, str(answer.status), _spoken(call, callee, built, answer), mapped)


def _signature(call: Call, service: str) -> str:
    """Return a signature (§5.8): S3 serves no object without one. The back ends do not verify signatures."""
    scope = f"apigateway/20200101/{call.api.region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def _spoken(call: Call, callee: Callee, built: Built, answer: Response) -> Response:
    """Return an answer in the format of the query protocol that the request accepts."""
    as_json = query_protocol.accepts_json(value_of(tuple(built.headers.items()), "accept"))
    if callee.service not in query_protocol.BY_QUERY or has(tuple(built.headers.items()), "x-amz-target"):
        return answer
    text = answer.body.decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        written = query_protocol.of_xml(text) if as_json else None
        return answer if written is None else replace(answer, body=written.encode())
    if answer.status >= 300 or callee.action is None:
        return answer
    whole = query_protocol.of_result(callee.action, msgspec.json.decode(answer.body), call.names.request_id)
    return replace(answer, body=msgspec.json.encode(whole) if as_json else query_protocol.in_xml(whole).encode())


async def from_function(call: Call, done: Invocation, mapped: Mapped, mapper: Mapper) -> Response:
    """Return the response for the result of a function. The result is the body, unchanged; a failure is chosen by its message."""
    message = error_message(done.payload) if done.function_error else ""
    return await mapper.response(call, message, Response(200, (), done.payload), mapped)
