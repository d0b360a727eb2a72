"""The response that a function's result makes at its URL (lambda §3.9).

| result | response |
|---|---|
| an object with `statusCode` | what it says: status, headers, cookies, body, base64 or not |
| a text | 200 of JSON's media type, the text itself |
| anything else | 200 of JSON's media type, as JSON |
| a failure, or a malformed object | 502 `Internal Server Error` |

A streamed response may begin with a prelude: its status, headers and cookies as JSON, and eight zero bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import msgspec

from netful.engine.http.streaming import DELIMITER, LONGEST_PRELUDE
from netful.functions.api.protocol.message import Reply
from netful.functions.invocations.response_stream import ResponseStream, after

PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response"
_JSON = ("Content-Type", "application/json")
BAD_GATEWAY = Reply(502, b"Internal Server Error", (("Content-Type", "text/plain"),))


def answer(payload: bytes) -> Reply:
    """The response to a buffered result."""
    result = msgspec.json.decode(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else msgspec.json.encode(result).decode()
        return Reply(200, text.encode(), (_JSON,))
    status = str(result["statusCode"])
    headers = _headers(result)
    body = _body(result)
    if not status.isdecimal() or not 100 <= int(status) <= 999 or headers is None or body is None:
        return BAD_GATEWAY
    return Reply(int(status), body, headers)


async def streamed(stream: ResponseStream) -> Reply:
    """The response to a streamed result; its pieces follow."""
    await stream.begun()
    done = stream.invocation
    if done is not None and done.function_error:
        return BAD_GATEWAY
    pieces = aiter(stream)
    if stream.content_type != PRELUDE_TYPE:
        return Reply(200, headers=(("Content-Type", stream.content_type or "application/octet-stream"),), stream=pieces)
    start = b""
    while DELIMITER not in start and len(start) < LONGEST_PRELUDE:
        piece = await anext(pieces, None)
        if piece is None:
            break
        start += piece
    prelude, _, rest = start.partition(DELIMITER)
    try:
        told = json.loads(prelude)
        status, headers = int(told.get("statusCode", 200)), _headers(told)
    except (ValueError, TypeError, AttributeError):
        return BAD_GATEWAY
    return BAD_GATEWAY if headers is None else Reply(status, headers=headers, stream=after(rest, pieces))


def _headers(result: dict[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """The headers and cookies; None where they are none."""
    headers, cookies = result.get("headers") or {}, result.get("cookies") or []
    if not isinstance(headers, dict) or not isinstance(cookies, list):
        return None
    own = tuple((str(name), value if isinstance(value, str) else json.dumps(value)) for name, value in headers.items())
    if not any(name.lower() == "content-type" for name, _ in own):
        own = (_JSON, *own)
    return (*own, *(("Set-Cookie", str(cookie)) for cookie in cookies))


def _body(result: dict[str, Any]) -> bytes | None:
    body = result.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    if result.get("isBase64Encoded") is not True:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
