"""Invoke and InvokeWithResponseStream (lambda §5.3)."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from netful.functions.api.protocol.context import ONE, Context, Route
from netful.functions.api.protocol.event_stream import message
from netful.functions.api.protocol.message import Call, Reply, document
from netful.functions.api.protocol.names import Named, function_arn
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.events.invocation_record import Event
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.requests import check_payload
from netful.functions.invocations.response_stream import ResponseStream

_ASYNC_PAYLOAD = 1024 * 1024
_CONTEXT_LENGTH = 3583
_EVENT_STREAM = "application/vnd.amazon.eventstream"


async def invoke(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """Invoke: run the function, put an event into its queue, or only check."""
    one = context.named(call, part)
    context.version(one)
    kind = call.headers.get("x-amz-invocation-type") or "RequestResponse"
    match kind:
        case "RequestResponse":
            return await _request(context, one, call)
        case "Event":
            return _event(context, one, call)
        case "DryRun":
            check_payload(call.body or b"{}")
            return Reply(204)
        case _:
            raise invalid_parameter(f"Invalid invocation type: {kind}")


async def _request(context: Context, one: Named, call: Call) -> Reply:
    done = await context.service().invoke(
        one.function.id,
        call.body,
        qualifier=one.qualifier,
        client_context=_client_context(call.headers.get("x-amz-client-context", "")),
        trace_id=call.headers.get("x-amzn-trace-id", ""),
    )
    tail = call.headers.get("x-amz-log-type") == "Tail"
    return Reply(200, done.payload, _response_headers(done, tail=tail))


def _event(context: Context, one: Named, call: Call) -> Reply:
    check_payload(call.body or b"{}")
    if len(call.body) > _ASYNC_PAYLOAD:
        text = f"Request must be smaller than {_ASYNC_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", text)
    arn = function_arn(context.service().cloud, one.function.function_name)
    client_context = _client_context(call.headers.get("x-amz-client-context", ""))
    event = Event(one.function.id, arn, str(uuid.uuid4()), call.body or b"{}", client_context, one.qualifier)
    context.events.put(event)
    return Reply(202, headers=(("x-amzn-RequestId", event.request_id),))


async def invoke_async(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """InvokeAsync, which is an older way to put an event into the queue."""
    one = context.named(call, part)
    context.version(one)
    queued = _event(context, one, call)
    return replace(document(202, {"Status": 202}), headers=queued.headers)


async def invoke_with_response_stream(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """InvokeWithResponseStream: the pieces as events, then InvokeComplete."""
    one = context.named(call, part)
    version = context.version(one)
    stream = context.service().invoke_streaming(
        one.function.id,
        call.body,
        qualifier=one.qualifier,
        client_context=_client_context(call.headers.get("x-amz-client-context", "")),
        trace_id=call.headers.get("x-amzn-trace-id", ""),
    )
    await stream.begun()
    headers = (("Content-Type", _EVENT_STREAM), ("X-Amz-Executed-Version", version.number))
    tail = call.headers.get("x-amz-log-type") == "Tail"
    return Reply(200, headers=headers, stream=_events(stream, tail=tail))


async def _events(stream: ResponseStream, *, tail: bool) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield message("PayloadChunk", piece, "application/octet-stream")
    yield message("InvokeComplete", json.dumps(_completion(stream.invocation, tail=tail)).encode(), "application/json")


def _completion(done: Invocation | None, *, tail: bool) -> dict[str, str]:
    if done is None:
        return {"ErrorCode": "Unhandled"}
    told = {"LogResult": base64.b64encode(done.log_tail).decode()} if tail else {}
    if done.function_error:
        told |= {"ErrorCode": done.function_error, "ErrorDetails": done.payload.decode(errors="replace")}
    return told


def _response_headers(done: Invocation, *, tail: bool) -> tuple[tuple[str, str], ...]:
    headers = [
        ("Content-Type", "application/json"),
        ("x-amzn-RequestId", done.request_id),
        ("X-Amz-Executed-Version", done.executed_version),
    ]
    if done.function_error:
        headers.append(("X-Amz-Function-Error", done.function_error))
    if tail:
        headers.append(("X-Amz-Log-Result", base64.b64encode(done.log_tail).decode()))
    return tuple(headers)


def _client_context(encoded: str) -> str:
    refused = InvokeRefused(
        400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
    )
    if len(encoded) > _CONTEXT_LENGTH:
        raise refused
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise refused from error


ROUTES: tuple[Route, ...] = (
    ("POST", ONE + "/invocations", invoke),
    ("POST", ONE + "/invoke-async/?", invoke_async),
    ("POST", ONE + "/response-streaming-invocations", invoke_with_response_stream),
)
