"""Request for an invocation, the demands that Lambda makes on it (lambda §5.5), and its additions."""

import json
import random
import time

import msgspec

from netful.engine.traces import lineage
from netful.engine.traces.trace_header import TraceHeader
from netful.functions.invocations.faults import MAX_PAYLOAD
from netful.functions.invocations.invocation import InvokeRefused
from netful.functions.invocations.response_stream import ResponseStream
from netful.model.functions.function import Function

RECURSIVE = "RecursiveInvocationException"
_LINEAGE = "Lineage="
_ANY = msgspec.json.Decoder(msgspec.Raw)  # validates JSON without building values


class InvocationRequest(msgspec.Struct, frozen=True):
    """An event with what describes it. `qualifier`: the version or alias that the caller named, `tenant_id` the tenant.

    `startup_delay`: seconds that a fault keeps the event from the handler.
    """

    request_id: str
    payload: bytes
    trace_id: str
    client_context: str = ""
    tenant_id: str = ""
    qualifier: str = ""
    stream: ResponseStream | None = None
    startup_delay: float = 0.0


def check_tenant(function: Function, tenant_id: str) -> None:
    """Raise InvokeRefused for a tenant of a function without tenant isolation, or none of one with it (newer-aws §8.4)."""
    if function.tenant_isolation == bool(tenant_id):
        return
    text = (
        "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again."
        if function.tenant_isolation
        else "The invoked function is not enabled with tenancy configuration. "
        "Remove the tenant ID from your request and try again."
    )
    raise InvokeRefused(400, "InvalidParameterValueException", text)


def check_qualifier(function: Function, qualifier: str) -> None:
    """Raise InvokeRefused for an invocation of a durable function that names no version or alias (newer-aws §8.3)."""
    if function.durable and not qualifier:
        text = "You cannot invoke a durable function using an unqualified ARN."
        raise InvokeRefused(400, "InvalidParameterValueException", text)


def check_payload(payload: bytes) -> None:
    """Raise InvokeRefused for an event that Lambda would not accept."""
    if len(payload) > MAX_PAYLOAD:
        message = f"Request must be smaller than {MAX_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", message)
    try:
        _ANY.decode(payload)
    except msgspec.DecodeError as error:
        message = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def lineage_of(function: Function, trace_id: str) -> str:
    """Return the lineage of what an invocation sends. Raise InvokeRefused for a function in a loop that Lambda stops."""
    given = TraceHeader.of(trace_id).lineage if _LINEAGE in trace_id else ""
    if lineage.runs(given, function.id) >= lineage.MOST_RUNS and function.recursive_loop == "Terminate":
        text = (
            "Lambda has detected your function being invoked in a recursive loop with other AWS resources "
            "and stopped your function's invocation."
        )
        raise InvokeRefused(400, RECURSIVE, text)
    return lineage.after_run(given, function.id)


def with_lineage(trace_id: str, descent: str) -> str:
    """Return a trace header with another lineage; what it lacks is new, and it then is not sampled."""
    given = TraceHeader.of(trace_id)
    if not given.sampled:
        new = TraceHeader.of(new_trace_id())
        given = TraceHeader(given.root or new.root, given.parent or new.parent, new.sampled)
    return str(given._replace(lineage=descent))


def one_line(client_context: str) -> str:
    """Return a client context as a header value: ASCII, without line ends."""
    if not client_context:
        return ""
    try:
        return json.dumps(json.loads(client_context))
    except ValueError as error:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def new_request_id() -> str:
    """Return a version 4 UUID for a request without an id."""
    digits = f"{random.getrandbits(128):032x}"  # not a secret, so no system call is needed
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def new_trace_id() -> str:
    """Return a trace header for a request without one."""
    digits = f"{random.getrandbits(160):040x}"
    return f"Root=1-{int(time.time()):08x}-{digits[:24]};Parent={digits[24:]};Sampled=0"
