"""Invoke and InvokeWithResponseStream (lambda §5.3)."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.event_stream import message
from netful.functions.api.protocol.message import Reply, document
from netful.functions.events.invocation_record import Event
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.requests import check_payload, check_qualifier, check_tenant
from netful.functions.invocations.response_stream import ResponseStream

_ASYNC_PAYLOAD = 1024 * 1024
_CONTEXT_LENGTH = 3583
_EVENT_STREAM = "application/vnd.amazon.eventstream"


async def _invoke(call: Call) -> Reply:
    """Invoke: run the function, put an event into its queue, or only check."""
    function = call.version().function
    check_tenant(function, call.request.get("TenantId", ""))
    check_qualifier(function, call.qualifier)
    match call.request.get("InvocationType"):
        case "Event":
            return _event(call, call.request["Payload"])
        case "DryRun":
            check_payload(call.request["Payload"] or b"{}")
            return Reply(204)
        case _:
            return await _run(call)


async def _run(call: Call) -> Reply:
    done = await call.service.invoke(call.function.id, call.request["Payload"], **_options(call))
    tail = call.request.get("LogType") == "Tail"
    return Reply(200, done.payload, _response_headers(done, tail=tail))


def _event(call: Call, payload: bytes) -> Reply:
    check_payload(payload or b"{}")
    if len(payload) > _ASYNC_PAYLOAD:
        text = f"Request must be smaller than {_ASYNC_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", text)
    event = Event(call.function.id, call.arn(), str(uuid.uuid4()), payload or b"{}", **_options(call))
    call.context.events.put(event)
    return Reply(202, headers=(("x-amzn-RequestId", event.request_id),))


async def _invoke_async(call: Call) -> Reply:
    """InvokeAsync, an older way to put an event into the queue."""
    call.version()
    queued = _event(call, call.request["InvokeArgs"])
    return replace(document(202, {"Status": 202}), headers=queued.headers)


async def _invoke_with_response_stream(call: Call) -> Reply:
    """InvokeWithResponseStream: the pieces as events, then InvokeComplete."""
    version = call.version()
    stream = call.service.invoke_streaming(call.function.id, call.request["Payload"], **_options(call))
    await stream.begun()
    headers = (("Content-Type", _EVENT_STREAM), ("X-Amz-Executed-Version", version.number))
    tail = call.request.get("LogType") == "Tail"
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


def _options(call: Call) -> dict[str, Any]:
    """Return the options of an invocation that a request has."""
    tenant_id, context = call.request.get("TenantId", ""), _client_context(call)
    return {
        "qualifier": call.qualifier, "client_context": context, "trace_id": call.trace_id, "tenant_id": tenant_id,
    }  # fmt: skip


def _client_context(call: Call) -> str:
    encoded = call.request.get("ClientContext", "")
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
    "Invoke": _invoke,
    "InvokeAsync": _invoke_async,
    "InvokeWithResponseStream": _invoke_with_response_stream,
}
