"""Payload of a function that answers HTTP requests: its result as JSON, and payload format 2.0.

HTTP APIs (api-gateway §6.3) and function URLs (lambda §3.9) use format 2.0:

| result | response |
|---|---|
| an object with `statusCode` | its status, headers, cookies and body, which may be in base64 |
| a text | 200 of JSON's media type, with the text as the body |
| any other JSON | 200 of JSON's media type, with the JSON as the body |

A custom runtime may return bytes that are not JSON. Every reader of a result therefore decodes it here.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import field

from netful.engine.http.headers import Headers
from netful.model.core import Frozen, whole_number

JSON_TYPE = ("Content-Type", "application/json")
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")

Multi = Mapping[str, Sequence[str]]


class MalformedResultError(ValueError):
    """A function's result is not what its caller expects."""


# --- results of every format ------------------------------------------------------------------------------------------


def decoded(payload: bytes) -> Any:
    """Return the value of a result; raises MalformedResultError for bytes that are not JSON."""
    try:
        return msgspec.json.decode(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedResultError(str(error)) from error


def error_message(payload: bytes) -> str:
    """Return the `errorMessage` of a function that failed; "" if its payload has none."""
    try:
        error = decoded(payload)
    except MalformedResultError:
        return ""
    return str(error.get("errorMessage", "")) if isinstance(error, dict) else ""


def text(value: Any) -> str:
    """Return a value for a place where only text is possible, such as a header: anything but text as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def status(given: Any) -> int:
    """Return the status code of a result; raises MalformedResultError. After one below 200, clients wait for another (RFC 9110 §15.2)."""
    number = None if isinstance(given, bool) else whole_number(given)
    if number is None or not 200 <= number <= 999:
        raise MalformedResultError("`statusCode` is not a status code")
    return number


def body(result: Mapping[str, Any], *, decode: bool = True) -> bytes:
    """Return the body of a result, without base64 where `isBase64Encoded` is true; raises MalformedResultError."""
    given = result.get("body")
    if given is None:
        return b""
    if not decode or result.get("isBase64Encoded") is not True:
        return text(given).encode()
    try:
        return base64.b64decode(text(given), validate=True)
    except ValueError as error:
        raise MalformedResultError("`body` is not base64") from error


def cookies(result: Mapping[str, Any]) -> Headers:
    """Return the headers of a result's cookies; raises MalformedResultError."""
    given = result.get("cookies") or []
    if not isinstance(given, list):
        raise MalformedResultError("`cookies` is not a list")
    return tuple(("Set-Cookie", str(cookie)) for cookie in given)


# --- format 2.0 -------------------------------------------------------------------------------------------------------


class EventRequest(Frozen):
    """A request and its place in an API, as events of format 2.0 report them. `path` is percent-encoded.

    `query` and `headers` have the values of each name in their order; `context` is added to `requestContext`.
    """

    method: str
    path: str
    query_string: str
    query: Multi
    headers: Multi
    body: bytes
    protocol: str
    source_ip: str
    host: str
    account_id: str
    api_id: str
    request_id: str
    at: float
    route_key: str = "$default"
    stage: str = "$default"
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


def event(request: EventRequest) -> dict[str, Any]:
    """Return the event: repeated values are joined by commas, header names are in lower case, empty members are absent."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, values in request.headers.items():
        if name.lower() == "cookie":
            cookies += [part.strip() for value in values for part in value.split(";") if part.strip()]
        else:
            headers[name.lower()] = ",".join(values)
    body, encoded = event_body(request.body, headers.get("content-type", ""))
    optional: dict[str, Any] = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in request.query.items()},
        "pathParameters": {name: unquote(value) for name, value in request.path_parameters.items()},
        "stageVariables": dict(request.stage_variables),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query_string,
        "headers": headers,
        "requestContext": _context(request, headers.get("user-agent", "")),
        "isBase64Encoded": encoded,
        **{name: value for name, value in optional.items() if value},
    }


def _context(request: EventRequest, user_agent: str) -> dict[str, Any]:
    return {
        "accountId": request.account_id,
        "apiId": request.api_id,
        **request.context,
        "domainName": request.host,
        "domainPrefix": request.host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": user_agent,
        },
        "requestId": request.request_id,
        "routeKey": request.route_key,
        "stage": request.stage,
        "time": f"{datetime.fromtimestamp(request.at, UTC):%d/%b/%Y:%H:%M:%S} +0000",
        "timeEpoch": int(request.at * 1000),
    }


def event_body(body: bytes, content_type: str) -> tuple[str, bool]:
    """Return the body for an event, and whether it is in base64: one of a type that is not a text's, a form's among them."""
    if body and not content_type.lower().startswith(_TEXT):
        return base64.b64encode(body).decode(), True
    return body.decode("utf-8", "replace"), False


class Result(Frozen):
    """Response made from a result."""

    status: int
    headers: Headers
    body: bytes = b""


def response(payload: bytes, default_type: str) -> Result:
    """Return the response; `default_type` is the media type of an object without one. Raises MalformedResultError."""
    result = decoded(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        return Result(200, (JSON_TYPE,), text(result).encode())
    return Result(status(result["statusCode"]), _headers(result, default_type), body(result))


def stream_head(prelude: bytes, default_type: str) -> Result:
    """Return the status and the headers in the prelude of a streamed response; raises MalformedResultError."""
    result = decoded(prelude)
    if not isinstance(result, dict):
        raise MalformedResultError("the prelude is not an object")
    return Result(status(result.get("statusCode", 200)), _headers(result, default_type))


def _headers(result: Mapping[str, Any], default_type: str) -> Headers:
    given = result.get("headers") or {}
    if not isinstance(given, dict):
        raise MalformedResultError("`headers` is not an object")
    own = tuple((name, text(value)) for name, value in given.items())
    if not any(name.lower() == "content-type" for name, _ in own):
        own = (("Content-Type", default_type), *own)
    return (*own, *cookies(result))
