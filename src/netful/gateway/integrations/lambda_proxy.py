"""AWS_PROXY: the event that a function is given, and what its result may be (api-gateway §5.15, payload 1.0).

A result has no keys but those of `_KEYS`, a body that is text, and a status that is a whole number, or none. Anything
else, a failed function included, is a 502. `{}` is a 200 without a body.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from netful.engine.http import header_rules
from netful.engine.http.gateway_errors import BAD_INTEGRATION, INTERNAL_ERROR
from netful.engine.http.media_types import is_binary
from netful.gateway.calls.call import Call, Multi
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault, misconfigured
from netful.model.apis.api import HttpApi, Protocol
from netful.services.http.message import Headers, Response

_KEYS = frozenset({"isBase64Encoded", "statusCode", "headers", "multiValueHeaders", "body"})
_STREAM_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})
_MALFORMED = "Malformed Lambda proxy response"
_JSON = ("Content-Type", "application/json")


def event(call: Call) -> dict[str, Any]:
    """The event for a call."""
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
    """The response that a function's result makes; raises Fault where it is malformed."""
    result = _result(payload, _KEYS)
    return Response(_status(result.get("statusCode")), _returned(call, result), _answer_body(call, result))


def metadata(call: Call, prelude: bytes) -> Response:
    """The response, as yet without its body, that a function's stream begins with; raises Fault where it is malformed."""
    result = _result(prelude, _STREAM_KEYS)
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list):
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    own = tuple(("Set-Cookie", str(cookie)) for cookie in cookies)
    return Response(_status(result.get("statusCode")), (*_returned(call, result), *own))


def _returned(call: Call, result: dict[str, Any]) -> Headers:
    """The headers that a client gets of a result."""
    headers = _headers(result)
    if call.api.protocol is Protocol.REST:
        headers = header_rules.returned_by_function(headers)
    if not headers or not any(name.lower() == "content-type" for name, _ in headers):
        headers = (_JSON, *headers)
    return headers


def _result(payload: bytes, keys: frozenset[str]) -> dict[str, Any]:
    try:
        result = msgspec.json.decode(payload)
    except msgspec.DecodeError as error:
        raise misconfigured(_MALFORMED, BAD_INTEGRATION) from error
    if not isinstance(result, dict) or not result.keys() <= keys:
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    return result


def _status(given: Any) -> int:
    if given is None:
        return 200
    text = str(given)
    if isinstance(given, bool) or not text.isdecimal() or not 100 <= int(text) <= 999:
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    return int(text)


def _headers(result: dict[str, Any]) -> Headers:
    """Those of both maps: the values of the multiple one first, in its spelling."""
    single: Any = result.get("headers") or {}
    multiple: Any = result.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    if not all(isinstance(values, list) for values in multiple.values()):
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    if not single and not multiple:
        return ()
    merged: Multi = {name: [text(value) for value in values] for name, values in multiple.items()}
    spelled = {name.lower(): name for name in merged}
    for name, value in single.items():
        merged.setdefault(spelled.get(str(name).lower(), str(name)), []).append(text(value))
    return tuple(line for name, values in merged.items() for line in _lines(name, values))


def _lines(name: str, values: list[str]) -> Headers:
    """A header's values in one line, as they were recorded; cookies cannot be joined (RFC 6265 §3)."""
    return tuple((name, value) for value in values) if name.lower() == "set-cookie" else ((name, ", ".join(values)),)


def text(value: Any) -> str:
    """A value where only texts may stand, in headers and in an authorizer's context: anything else is written as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _answer_body(call: Call, result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise misconfigured(_MALFORMED, BAD_INTEGRATION)
    decodes = isinstance(call.api, HttpApi) or is_binary(call.api, call.request.header("accept"))
    if result.get("isBase64Encoded") is not True or not decodes:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Fault(INTERNAL_ERROR) from error
