"""Invoke and InvokeWithResponseStream (lambda §5.3)."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.event_stream import message
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named, function_arn
from netful.functions.events.invocation_record import Event
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.requests import check_payload, check_qualifier, check_tenant
from netful.functions.invocations.response_stream import ResponseStream

_ASYNC_PAYLOAD = 1024 * 1024
_CONTEXT_LENGTH = 3583
_EVENT_STREAM = "application/vnd.amazon.eventstream"


async def invoke(context: Context, request: Request) -> Reply:
    """Invoke: run the function, put an event into its queue, or only check."""
    one = context.named(request, latest=True)
    function = context.version(one).function
    check_tenant(function, request.get("TenantId", ""))
    check_qualifier(function, one.qualifier)
    match request.get("InvocationType"):
        case "Event":
            return _event(context, one, request, request["Payload"])
        case "DryRun":
            check_payload(request["Payload"] or b"{}")
            return Reply(204)
        case _:
            return await _request(context, one, request)


async def _request(context: Context, one: Named, request: Request) -> Reply:
    done = await context.service().invoke(
        one.function.id,
        request["Payload"],
        qualifier=one.qualifier,
        client_context=_client_context(request),
        trace_id=context.trace_id,
        tenant_id=request.get("TenantId", ""),
    )
    tail = request.get("LogType") == "Tail"
    return Reply(200, done.payload, _response_headers(done, tail=tail))


def _event(context: Context, one: Named, request: Request, payload: bytes) -> Reply:
    check_payload(payload or b"{}")
    if len(payload) > _ASYNC_PAYLOAD:
        text = f"Request must be smaller than {_ASYNC_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", text)
    arn = function_arn(context.service().cloud, one.function.function_name)
    event = Event(
        one.function.id,
        arn,
        str(uuid.uuid4()),
        payload or b"{}",
        _client_context(request),
        one.qualifier,
        request.get("TenantId", ""),
        context.trace_id,
    )
    context.events.put(event)
    return Reply(202, headers=(("x-amzn-RequestId", event.request_id),))


async def invoke_async(context: Context, request: Request) -> Reply:
    """InvokeAsync, an older way to put an event into the queue."""
    one = context.named(request, latest=True)
    context.version(one)
    queued = _event(context, one, request, request["InvokeArgs"])
    return replace(document(202, {"Status": 202}), headers=queued.headers)


async def invoke_with_response_stream(context: Context, request: Request) -> Reply:
    """InvokeWithResponseStream: the pieces as events, then InvokeComplete."""
    one = context.named(request, latest=True)
    version = context.version(one)
    stream = context.service().invoke_streaming(
        one.function.id,
        request["Payload"],
        qualifier=one.qualifier,
        client_context=_client_context(request),
        trace_id=context.trace_id,
        tenant_id=request.get("TenantId", ""),
    )
    await stream.begun()
    headers = (("Content-Type", _EVENT_STREAM), ("X-Amz-Executed-Version", version.number))
    tail = request.get("LogType") == "Tail"
    return Reply(200, headers=headers, stream=_events(stream, tail=tail))


async def _events(stream: ResponseStream, *, tail: bool) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield message("PayloadChunk", piece, "application/octet-stream")
    yield message("InvokeComplete", json.dumps(_completion(stream.invocation, tail=tail)).encode(), "application/json")


def _completion(done: Invocation | None, *, tail: bool) -> dict[str, str]:
    if done is None:
        return {"ErrorCode": "Unhandled"}
    record = {"LogResult": base64.b64encode(done.log_tail).decode()} if tail else {}
    if done.function_error:
        record |= {"ErrorCode": done.function_error, "ErrorDetails": done.payload.decode(errors="replace")}
    return record


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


def _client_context(request: Request) -> str:
    encoded = request.get("ClientContext", "")
    refused = InvokeRefused(
        400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
    )
    if len(encoded) > _CONTEXT_LENGTH:
        raise refused
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError as error:
        raise refused from error


OPERATIONS: dict[str, Operation] = {
    "Invoke": invoke,
    "InvokeAsync": invoke_async,
    "InvokeWithResponseStream": invoke_with_response_stream,
}
