"""Requests to function URLs, from the host to the function's response (lambda §3.9).

In order: the URL exists; a preflight is answered; the caller is authorized; the function runs. A failed or malformed result is a 502. A streamed
response may begin with a prelude: its status, headers and cookies as JSON, and eight zero bytes.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

from netful.engine.authorization.function_urls import MESSAGE
from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import MalformedResultError
from netful.engine.http.headers import with_defaults
from netful.engine.http.streaming import DELIMITER, LONGEST_PRELUDE
from netful.functions.api.protocol.message import Reply
from netful.functions.environments.config import FunctionUrl
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.invocation import InvokeRefused
from netful.functions.invocations.requests import new_trace_id
from netful.functions.invocations.response_stream import ResponseStream, after
from netful.functions.urls.cors import headers_for, preflight
from netful.functions.urls.event import UrlRequest, event_of
from netful.model.core import NetfulError

PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response"
BAD_GATEWAY = Reply(502, b"Internal Server Error", (("Content-Type", "text/plain"),))
_DEFAULT_TYPE = "application/json"
_OF_CLIENTS = (413, 429)  # an event that is too large, and a throttle
_IAM = "AWS_IAM"


class UrlDoor:
    """Handler for all function URLs of a stack; `service` returns the current functions for each request."""

    def __init__(self, service: Callable[[], FunctionService]) -> None:
        self._service = service

    async def handle(self, request: UrlRequest) -> Reply:
        """Answer a request, with the time, an id and, for an error of Lambda itself, its type."""
        reply = await self._answer(request)
        headers = with_defaults(reply.headers, {"Date": formatdate(request.at.timestamp(), usegmt=True)})
        return replace(reply, headers=(*headers, ("x-amzn-RequestId", str(uuid.uuid4()))))

    async def _answer(self, request: UrlRequest) -> Reply:
        url = self._service().urls.get(request.host.partition(".")[0])
        if url is None:
            return _refusal(404, "ResourceNotFoundException", None)
        early = preflight(url.cors, request)
        if early is not None:
            return early
        if not _may(url, request):
            return _refusal(403, "AccessDeniedException", MESSAGE)
        trace_id = request.header("x-amzn-trace-id") or new_trace_id()
        reply = await self._run(url, request, trace_id)
        own = ("X-Amzn-Trace-Id", trace_id)
        return replace(reply, headers=(*reply.headers, own, *headers_for(url.cors, request)))

    async def _run(self, url: FunctionUrl, request: UrlRequest, trace_id: str) -> Reply:
        service = self._service()
        known = request if url.auth_type == _IAM else replace(request, signer=None)
        event = json.dumps(event_of(known, service.cloud.account_id, trace_id)).encode()
        try:
            if url.streams:
                stream = service.invoke_streaming(url.function_id, event, qualifier=url.qualifier, trace_id=trace_id)
                return await streamed(stream)
            done = await service.invoke(url.function_id, event, qualifier=url.qualifier, trace_id=trace_id)
        except InvokeRefused as refusal:
            is_clients = refusal.status in _OF_CLIENTS
            return _refusal(refusal.status, refusal.code, refusal.message) if is_clients else BAD_GATEWAY
        except NetfulError:
            return BAD_GATEWAY
        return BAD_GATEWAY if done.function_error else answer(done.payload)


def _refusal(status: int, error: str, message: str | None) -> Reply:
    body = json.dumps({"Message": message}, separators=(",", ":")).encode()
    return Reply(status, body, (("Content-Type", "application/json"), ("x-amzn-ErrorType", error)))


def _may(url: FunctionUrl, request: UrlRequest) -> bool:
    if url.auth_type == _IAM:
        return request.signer is not None and request.caller_may
    return url.public


def answer(payload: bytes) -> Reply:
    """Return the response to a buffered result."""
    try:
        made = function_payloads.response(payload, _DEFAULT_TYPE)
    except MalformedResultError:
        return BAD_GATEWAY
    return Reply(made.status, made.body, made.headers)


async def streamed(stream: ResponseStream) -> Reply:
    """Return the response to a streamed result; its pieces follow."""
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
        made = function_payloads.stream_head(prelude, _DEFAULT_TYPE)
    except MalformedResultError:
        return BAD_GATEWAY
    return Reply(made.status, headers=made.headers, stream=after(rest, pieces))
