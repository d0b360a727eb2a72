"""Streamed responses of REST APIs: the integrations that may stream, and the limits (api-gateway §5.11, §1.1).

| | |
|---|---|
| integrations | `HTTP_PROXY`, and `AWS_PROXY` by `…/response-streaming-invocations`; no other |
| a function's output | its status and headers as JSON, eight zero bytes, and then the body |
| longest duration | `timeoutInMillis`, at most 15 minutes |
| longest silence | five minutes, at the edge 30 seconds |
| speed | the first 10 MB without limit, then 2 MB a second |
| not available | a cache, content codings, mapping of the response, the limit of 10 MB |

A response that is cut short has no end marker: the client sees its connection break off.
"""

from netful.model.apis.api import Api, ApiEndpointType, Protocol
from netful.model.apis.integration import Integration

STREAM = "STREAM"
_TYPES = ("HTTP_PROXY", "AWS_PROXY")
URI_END = "/response-streaming-invocations"
DELIMITER = bytes(8)
LONGEST_PRELUDE = 16 * 1024
"""Number of bytes in which the delimiter is searched."""

LONGEST_MILLIS = 15 * 60 * 1000
_FREE_BYTES = 10 * 1024 * 1024
_BYTES_A_SECOND = 2 * 1024 * 1024
_IDLE_SECONDS, _IDLE_SECONDS_AT_EDGE = 300.0, 30.0
_BODILESS = (204, 304)


def takes(type_: object) -> bool:
    """Return whether an integration of a type may stream."""
    return type_ in _TYPES


def streams(api: Api, integration: Integration) -> bool:
    """Return whether an integration's responses are streamed: only REST APIs do so."""
    return integration.response_transfer_mode == STREAM and api.protocol is Protocol.REST


def idle_seconds(api: Api) -> float:
    """Return the longest time without data."""
    return _IDLE_SECONDS_AT_EDGE if api.endpoint_type is ApiEndpointType.EDGE else _IDLE_SECONDS


def due(sent: int) -> float:
    """Return the earliest time, in seconds after its first 10 MB, at which a response may have `sent` bytes."""
    return max(sent - _FREE_BYTES, 0) / _BYTES_A_SECOND


def has_body(method: str, status: int) -> bool:
    """Return whether a response may have a body (RFC 9112 §6.3)."""
    return method != "HEAD" and status >= 200 and status not in _BODILESS
