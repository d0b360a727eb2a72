"""HTTP APIs: the events of both payload formats, and what a function's result may be (payload 2.0).

A result of format 2.0 that has no `statusCode` is the body itself, a 200 of JSON; one that has it is read as in 1.0, with
`cookies` besides. A failed or malformed result is a 500 (an HTTP API has no 502 of its own).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote

import msgspec

from netful.engine.http.gateway_errors import HTTP_INTERNAL_ERROR
from netful.gateway.calls.call import Call
from netful.gateway.calls.client_certificates import told
from netful.gateway.calls.context import request_time, route_key, whole_path
from netful.gateway.calls.faults import Fault
from netful.gateway.integrations import lambda_proxy
from netful.services.http.message import Headers, Response

_JSON = ("Content-Type", "application/json")
_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded")


def event(call: Call) -> dict[str, Any]:
    """The event of payload format 2.0: repeated values are joined by commas, names of headers are lower case."""
    headers = {name.lower(): ",".join(values) for name, values in call.headers.items() if name.lower() != "cookie"}
    cookies = [part.strip() for value in _cookies(call) for part in value.split(";") if part.strip()]
    body, encoded = _body(call)
    optional: dict[str, Any] = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in call.query.items()},
        "pathParameters": {name: unquote(value) for name, value in call.path_parameters.items()},
        "stageVariables": call.stage_variables,
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": route_key(call.route),
        "rawPath": unquote(_raw_path(call)),
        "rawQueryString": call.request.query,
        "headers": headers,
        "requestContext": _context(call),
        "isBase64Encoded": encoded,
        **{name: value for name, value in optional.items() if value},
    }


def first_event(call: Call) -> dict[str, Any]:
    """The event of payload format 1.0: a REST API's, but for what an HTTP API has none of."""
    event = lambda_proxy.event(call)
    context = event["requestContext"]
    authorizer = context.get("authorizer") or {"claims": None, "scopes": None}
    own = {"resourceId": None, "authorizer": authorizer, "requestId": call.names.extended_id}
    return {"version": "1.0", **event, "path": whole_path(call), "requestContext": {**context, **own}}


def first_answer(call: Call, payload: bytes) -> Response:
    """The response that a function's result of format 1.0 makes."""
    try:
        return lambda_proxy.answer(call, payload)
    except Fault as fault:
        raise Fault(HTTP_INTERNAL_ERROR) from fault


def _raw_path(call: Call) -> str:
    """The path with a stage other than `$default`, and without what a custom domain maps to it: only format 1.0 has that."""
    if call.judged.domain is None:
        return whole_path(call)
    stage = str(call.stage.stage_name)
    return ("" if stage == "$default" else f"/{stage}") + call.judged.path


def _cookies(call: Call) -> list[str]:
    return [value for name, values in call.headers.items() if name.lower() == "cookie" for value in values]


def _context(call: Call) -> dict[str, Any]:
    connection = call.request.connection
    return {
        "accountId": call.cloud.account_id,
        "apiId": call.api.id,
        **({"authorizer": dict(call.authorizer)} if call.authorizer is not None else {}),
        **({"authentication": {"clientCert": told(call)}} if connection.client_certificate is not None else {}),
        "domainName": call.host,
        "domainPrefix": call.host.partition(".")[0],
        "http": {
            "method": call.request.method,
            "path": unquote(_raw_path(call)),
            "protocol": f"HTTP/{call.request.version}",
            "sourceIp": call.source_ip,
            "userAgent": call.request.header("user-agent"),
        },
        "requestId": call.names.extended_id,
        "routeKey": route_key(call.route),
        "stage": call.stage.stage_name if isinstance(call.stage.stage_name, str) else "",
        "time": request_time(call.at),
        "timeEpoch": int(call.at * 1000),
    }


def _body(call: Call) -> tuple[str | None, bool]:
    if call.request.body and not call.request.header("content-type").startswith(_TEXT):
        return base64.b64encode(call.request.body).decode(), True
    return call.text or None, False


def answer(payload: bytes) -> Response:
    """The response that a function's result makes."""
    result = msgspec.json.decode(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else msgspec.json.encode(result).decode()
        return Response(200, (_JSON,), text.encode())
    status, headers = str(result["statusCode"]), _headers(result)
    if not status.isdecimal() or not 100 <= int(status) <= 999:
        raise Fault(HTTP_INTERNAL_ERROR)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", "text/plain;charset=UTF-8"), *headers)
    return Response(int(status), headers, _answer_body(result))


def _headers(result: dict[str, Any]) -> Headers:
    headers, cookies = result.get("headers") or {}, result.get("cookies") or []
    if not isinstance(headers, dict) or not isinstance(cookies, list):
        raise Fault(HTTP_INTERNAL_ERROR)
    own = tuple((str(name), value if isinstance(value, str) else _text(value)) for name, value in headers.items())
    return (*own, *(("Set-Cookie", str(cookie)) for cookie in cookies))


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _answer_body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else _text(body)
    if result.get("isBase64Encoded") is not True:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Fault(HTTP_INTERNAL_ERROR) from error
