"""Integrations of HTTP APIs: functions, web servers, actions of services (api-gateway §6.3, §6.4)."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

import msgspec

from netful.engine.http import header_rules
from netful.engine.http.gateway_errors import HTTP_BAD_REQUEST, HTTP_INTERNAL_ERROR
from netful.engine.http.headers import Headers, by_name, replaced, value_of, with_defaults, without
from netful.engine.integrations import http_parameter_mapping, service_subtypes
from netful.engine.integrations.integration_targets import callee
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.service_subtypes import Subtype
from netful.engine.integrations.web_requests import WebRequest, web_request, with_query
from netful.functions.invocations.invocation import Invocation
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.ports import Send
from netful.gateway.integrations import http_event, integration_roles
from netful.gateway.integrations.web_server_integration import linked, sent
from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response

log = logging.getLogger(__name__)

Invoked = Callable[[bytes], Awaitable[Invocation]]


async def by_function(call: Call, invoke: Invoked) -> Response:
    """Have a function answer (AWS_PROXY), by events of format 2.0 unless its integration has 1.0 (§6.3)."""
    newer = call.integration.payload_format_version != "1.0"
    call = _with_parameters(call)
    made = http_event.event(call) if newer else http_event.first_event(call)
    done = await invoke(msgspec.json.encode(made))
    if done.function_error:
        raise Fault(HTTP_INTERNAL_ERROR)
    return _mapped(call, http_event.answer(done.payload) if newer else http_event.first_answer(call, done.payload))


def _with_parameters(call: Call) -> Call:
    """Return the call with its request changed by the parameters of the integration."""
    parameters = call.integration.request_parameters
    if not parameters:
        return call
    request = call.request
    made = http_parameter_mapping.mapped(parameters, _message(call), request.headers, call.query)
    path = request.path if made.path is None else made.path
    query = request.query if made.query is call.query else urlencode(made.query, doseq=True)
    return replace(call, request=replace(request, headers=made.headers, target=f"{path}?{query}" if query else path))


async def by_web_server(call: Call, send: Send) -> Response:
    """Have a web server answer (HTTP_PROXY): by a public URL, or behind a VPC link, where the path includes the stage (§6.4)."""
    message = _message(call)
    client = tuple((name, value) for name, values in call.headers.items() for value in values)
    parameters = call.integration.request_parameters
    made = http_parameter_mapping.mapped(parameters, message, _forwarded(call, client), call.query)
    request = with_query(_addressed(call, made), made.query)
    request = replace(request, headers=header_rules.proxied(made.headers), body=call.request.body)
    answer = await sent(call, request, send)
    return _mapped(call, replace(answer, headers=without(answer.headers, *_OF_THE_CONNECTION, "date")))


_OF_THE_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "trailer", "te")
_FORWARDED = ("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-forwarded-host")


def _forwarded(call: Call, client: Headers) -> Headers:
    """Return the headers of the client with `Forwarded` in place of the older headers for the same."""
    before = value_of(client, "forwarded")
    own = f"by={call.request.connection.server[0]};for={call.source_ip};host={call.host};proto=https"
    return replaced(without(client, *_FORWARDED), {"Forwarded": f"{before}, {own}" if before else own})


def _addressed(call: Call, made: http_parameter_mapping.Mapped) -> WebRequest:
    integration = call.integration
    method = str(integration.http_method or "ANY").upper()
    method = call.request.method if method == "ANY" else method
    if integration.connection_type == "VPC_LINK":
        path = call.request.path if made.path is None else made.path
        host = value_of(made.headers, "host") or call.host
        name = integration.server_name if isinstance(integration.server_name, str) else ""
        return linked(call, WebRequest(method, host, 80, path, (), authority=host, tls=bool(name), server_name=name))
    uri = callee(call.cloud, integration, call.stage).uri
    request = web_request(uri, method, call.path_parameters, {}) if isinstance(uri, str) else None
    if request is None:
        log.warning("%s: `%s` is not a URL of a web server", call.route.origin, uri)
        raise Fault(HTTP_INTERNAL_ERROR)
    if made.path is not None:
        request = replace(request, target=made.path + request.target[len(request.target.partition("?")[0]) :])
    host = value_of(made.headers, "host")
    return replace(request, authority=host) if host != call.host else request


async def by_service(call: Call, call_host: CallHost) -> Response:
    """Have an action of a service answer (AWS_PROXY with a subtype), by parameters that are mapped one by one."""
    subtype, given = parameters(call)
    built = subtype.build(given)
    host = service_names.service(built.code).host(given.get("Region") or call.api.region)
    headers = with_defaults(built.headers, {"Host": host})
    request = Request(built.method, built.target, headers, built.body, call.request.connection)
    answer = integration_roles.denial(call, built.code, host, request) or await call_host(host, request)
    return _mapped(call, replace(answer, headers=without(answer.headers, *_OF_THE_CONNECTION, "server", "date")))


def _message(call: Call) -> Message:
    """Return the message that mappings read; `$request.path` is the path without the stage (§6.4)."""
    message = call.message(request_context(call))
    return replace(message, values={**message.values, "path": {**message.values["path"], "": [call.judged.path]}})


def _mapped(call: Call, answer: Response) -> Response:
    """Return an answer after the mapping for its status."""
    parameters = call.integration.response_parameters.get(str(answer.status))
    if not parameters:
        return answer
    text = answer.body.decode("utf-8", "replace")
    message = Message({"header": by_name(answer.headers)}, text, request_context(call), call.stage_variables)
    made = http_parameter_mapping.mapped(parameters, message, answer.headers, {})
    return replace(answer, status=made.status or answer.status, headers=made.headers)


def parameters(call: Call) -> tuple[Subtype, dict[str, str]]:
    """Return the action of a service that a call needs, with its parameters; raise Fault if a required one has no value."""
    subtype = service_subtypes.SUBTYPES.get(str(call.integration.subtype))
    if subtype is None:
        log.warning("%s: there is no subtype `%s`", call.route.origin, call.integration.subtype)
        raise Fault(HTTP_INTERNAL_ERROR)
    message = _message(call)
    values = {
        name: http_parameter_mapping.evaluate(expression, message)
        for name, expression in call.integration.request_parameters.items()
        if isinstance(expression, str)
    }
    given = {name: value for name, value in values.items() if value is not None}
    if service_subtypes.missing(subtype, given):
        raise Fault(HTTP_BAD_REQUEST)
    return subtype, given
