"""Events of HTTP APIs for functions in both payload formats, and the responses for their results (api-gateway §6.3).

A failed or malformed result is a 500: an HTTP API has no 502 of its own.
"""

from typing import Any

from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import EventRequest, MalformedResultError
from netful.engine.http.gateway_errors import HTTP_INTERNAL_ERROR
from netful.gateway.calls.call import Call
from netful.gateway.calls.client_certificates import described
from netful.gateway.calls.context import route_key, whole_path
from netful.gateway.calls.faults import Fault
from netful.gateway.integrations import lambda_proxy
from netful.services.http.message import Response

_DEFAULT_TYPE = "text/plain;charset=UTF-8"


def event(call: Call) -> dict[str, Any]:
    """Return the event of payload format 2.0."""
    certificate = call.request.connection.client_certificate
    return function_payloads.event(
        EventRequest(
            method=call.request.method,
            path=_raw_path(call),
            query_string=call.request.query,
            query=call.query,
            headers=call.headers,
            body=call.request.body,
            protocol=call.request.protocol,
            source_ip=call.source_ip,
            host=call.host,
            account_id=call.cloud.account_id,
            api_id=call.api_id,
            request_id=call.names.extended_id,
            at=call.at,
            route_key=route_key(call.route),
            stage=call.stage.stage_name if isinstance(call.stage.stage_name, str) else "",
            path_parameters=call.path_parameters,
            stage_variables=call.stage_variables,
            context={
                **({"authorizer": dict(call.authorizer)} if call.authorizer is not None else {}),
                **({"authentication": {"clientCert": described(call)}} if certificate is not None else {}),
            },
        )
    )


def answer(payload: bytes) -> Response:
    """Return the response for a result of format 2.0; raise Fault for a malformed one."""
    try:
        made = function_payloads.response(payload, _DEFAULT_TYPE)
    except MalformedResultError as error:
        raise Fault(HTTP_INTERNAL_ERROR) from error
    return Response(made.status, made.headers, made.body)


def first_event(call: Call) -> dict[str, Any]:
    """Return the event of payload format 1.0: a REST API's event, without the parts that an HTTP API lacks.

    An HTTP API has no binary media types: the type of the body decides.
    """
    event = lambda_proxy.event(call)
    body, encoded = function_payloads.event_body(call.request.body, call.request.header("content-type"))
    context = event["requestContext"]
    authorizer = context.get("authorizer") or {"claims": None, "scopes": None}
    own = {"resourceId": None, "authorizer": authorizer, "requestId": call.names.extended_id}
    changed = {"path": whole_path(call), "requestContext": {**context, **own}}
    return {"version": "1.0", **event, **changed, "body": body or None, "isBase64Encoded": encoded}


def first_answer(call: Call, payload: bytes) -> Response:
    """Return the response for a result of format 1.0; raise Fault for a malformed one."""
    try:
        return lambda_proxy.answer(call, payload)
    except Fault as fault:
        raise Fault(HTTP_INTERNAL_ERROR) from fault


def _raw_path(call: Call) -> str:
    """Return the path with a stage other than `$default`. Without the mapping of a custom domain, which only format 1.0 has."""
    if call.judged.domain is None:
        return whole_path(call)
    stage = str(call.stage.stage_name)
    return ("" if stage == "$default" else f"/{stage}") + call.judged.path
