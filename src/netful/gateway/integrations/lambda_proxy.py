"""AWS_PROXY: the event of a function, and the response for its result (api-gateway §5.15, payload format 1.0).

A result has only the keys of `_KEYS`, a body that is text, and a status that is a whole number or absent. Anything
else, including a failed function, is a 502. `{}` is a 200 without a body.
"""

import base64
from typing import Any

from netful.engine.http import function_payloads, header_rules
from netful.engine.http.function_payloads import MalformedResultError, text
from netful.engine.http.gateway_errors import BAD_INTEGRATION, INTERNAL_ERROR
from netful.engine.http.media_types import is_binary
from netful.gateway.calls.call import Call, Multi
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault, misconfigured
from netful.model.apis.api import HttpApi, Protocol
from netful.services.http.message import Headers, Response

_KEYS = frozenset({"isBase64Encoded", "statusCode", "headers", "multiValueHeaders", "body"})
_STREAM_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})


def event(call: Call) -> dict[str, Any]:
    """Return the event of a call."""
    body, encoded = _body(call)
    headers, query = call.headers, call.query
    return {
        "resource": call.route.path,
        "path": call.path,
        "httpMethod": call.request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers or None,
        "queryStringParameters": _last(query),
        "multiValueQueryStringParameters": query or None,
        "pathParameters": call.path_parameters or None,
        "stageVariables": call.stage_variables or None,
        "requestContext": request_context(call),
        "body": body,
        "isBase64Encoded": encoded,
    }


def _last(values: Multi) -> dict[str, str] | None:
    return {name: all_of_them[-1] for name, all_of_them in values.items()} or None


def _body(call: Call) -> tuple[str | None, bool]:
    body = call.request.body
    if body and is_binary(call.api, call.request.header("content-type")):
        return base64.b64encode(body).decode(), True
    return call.text or None, False


def answer(call: Call, payload: bytes) -> Response:
    """Return the response for a function's result; raise Fault for a malformed one."""
    try:
        result = _result(payload, _KEYS)
        return Response(_status(result), _returned(call, result), _answer_body(call, result))
    except MalformedResultError as error:
        raise _malformed() from error


def metadata(call: Call, prelude: bytes) -> Response:
    """Return the response at the beginning of a function's stream, without its body; raise Fault for a malformed prelude."""
    try:
        result = _result(prelude, _STREAM_KEYS)
        return Response(_status(result), (*_returned(call, result), *function_payloads.cookies(result)))
    except MalformedResultError as error:
        raise _malformed() from error


def _malformed() -> Fault:
    return misconfigured("Malformed Lambda proxy response", BAD_INTEGRATION)


def _returned(call: Call, result: dict[str, Any]) -> Headers:
    """Return the headers of a result for the client."""
    headers = _headers(result)
    if call.api.protocol is Protocol.REST:
        headers = header_rules.returned_by_function(headers)
    if not headers or not any(name.lower() == "content-type" for name, _ in headers):
        headers = (function_payloads.JSON_TYPE, *headers)
    return headers


def _result(payload: bytes, keys: frozenset[str]) -> dict[str, Any]:
    result = function_payloads.decoded(payload)
    if not isinstance(result, dict) or not result.keys() <= keys:
        raise MalformedResultError
    return result


def _status(result: dict[str, Any]) -> int:
    given = result.get("statusCode")
    return 200 if given is None else function_payloads.status(given)


def _headers(result: dict[str, Any]) -> Headers:
    """Return the headers of both maps: the values of the multiple one first, in its spelling."""
    single: Any = result.get("headers") or {}
    multiple: Any = result.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise MalformedResultError
    if not all(isinstance(values, list) for values in multiple.values()):
        raise MalformedResultError
    if not single and not multiple:
        return ()
    merged: Multi = {name: [text(value) for value in values] for name, values in multiple.items()}
    spelled = {name.lower(): name for name in merged}
    for name, value in single.items():
        merged.setdefault(spelled.get(str(name).lower(), str(name)), []).append(text(value))
    return tuple(line for name, values in merged.items() for line in _lines(name, values))


def _lines(name: str, values: list[str]) -> Headers:
    """Return a header's values in one line, as recorded; cookies cannot be joined (RFC 6265 §3)."""
    return tuple((name, value) for value in values) if name.lower() == "set-cookie" else ((name, ", ".join(values)),)


def _answer_body(call: Call, result: dict[str, Any]) -> bytes:
    if not isinstance(result.get("body"), str | None):
        raise MalformedResultError
    decodes = isinstance(call.api, HttpApi) or is_binary(call.api, call.request.header("accept"))
    try:
        return function_payloads.body(result, decode=decodes)
    except MalformedResultError as error:
        raise Fault(INTERNAL_ERROR) from error
