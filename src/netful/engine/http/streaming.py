"""Answers of REST APIs that are sent as they come: which integrations do so, and what holds for them (api-gateway §5.11, §1.1).

| | |
|---|---|
| who | `HTTP_PROXY`, and `AWS_PROXY` by `…/response-streaming-invocations`; no other |
| a function says | its status and headers as JSON, eight zero bytes, and then the body |
| how long | as `timeoutInMillis` says, of at most 15 minutes |
| silence | five minutes, at the edge 30 seconds |
| how fast | 10 MB as fast as it comes, 2 MB a second behind |
| not with it | a cache, content codings, mapping of the answer, the limit of 10 MB |

What ends too early has no end: the client sees its connection break off.
"""

from __future__ import annotations

from netful.model.apis.api import Api, ApiEndpointType, Protocol
from netful.model.apis.integration import Integration

STREAM = "STREAM"
_TYPES = ("HTTP_PROXY", "AWS_PROXY")
URI_END = "/response-streaming-invocations"
DELIMITER = bytes(8)
LONGEST_PRELUDE = 16 * 1024
"""The delimiter is looked for so far."""

LONGEST_MILLIS = 15 * 60 * 1000
_FREE_BYTES = 10 * 1024 * 1024
_BYTES_A_SECOND = 2 * 1024 * 1024
_IDLE_SECONDS, _IDLE_SECONDS_AT_EDGE = 300.0, 30.0
_BODILESS = (204, 304)


def takes(type_: object) -> bool:
    """Whether an integration of a type may stream."""
    return type_ in _TYPES


def streams(api: Api, integration: Integration) -> bool:
    """Whether an integration's answers are sent as they come: only REST APIs do so."""
    return integration.response_transfer_mode == STREAM and api.protocol is Protocol.REST


def idle_seconds(api: Api) -> float:
    """How long nothing may come of an answer."""
    return _IDLE_SECONDS_AT_EDGE if api.endpoint_type is ApiEndpointType.EDGE else _IDLE_SECONDS


def due(sent: int) -> float:
    """How many seconds after its first 10 MB an answer may be that many bytes long."""
    return max(sent - _FREE_BYTES, 0) / _BYTES_A_SECOND


def has_body(method: str, status: int) -> bool:
    """Whether a body may follow at all (RFC 9112 §6.3)."""
    return method != "HEAD" and status >= 200 and status not in _BODILESS
