"""What Lambda demands of a request before it runs anything (lambda §5.5), and what it adds to it."""

from __future__ import annotations

import json
import secrets
import time

import msgspec

from netful.functions.faults import MAX_PAYLOAD
from netful.functions.invocation import InvokeRefused


def check_payload(payload: bytes) -> None:
    """Raise InvokeRefused for an event that Lambda would not accept."""
    if len(payload) > MAX_PAYLOAD:
        message = f"Request must be smaller than {MAX_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", message)
    try:
        msgspec.json.decode(payload, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        message = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def one_line(client_context: str) -> str:
    """A client context as it fits into a header: ASCII, without line ends."""
    if not client_context:
        return ""
    try:
        return json.dumps(json.loads(client_context))
    except ValueError as error:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def new_trace_id() -> str:
    """A trace header of a request that came without one."""
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
