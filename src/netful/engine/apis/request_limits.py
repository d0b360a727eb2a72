"""What a request to an API may be, by its size and its spelling (api-gateway §5.11, §6.5, §1.1, §5.2).

| | limit | beyond it |
|---|---|---|
| headers, their names included | 10,240 bytes | 431 |
| the request line's target | 8,192 bytes at the edge, else 10,240 | 414 |
| the method's ARN with the path | 1,600 bytes | 414 |
| the body | 10 MB | 413 |
| `|`, `{` and `}` in the query, as they are | none | 400 |
"""

from __future__ import annotations

from collections.abc import Callable

from netful.engine.http.gateway_errors import (
    BAD_REQUEST,
    HEADERS_TOO_LARGE,
    HTTP_HEADERS_TOO_LARGE,
    HTTP_TOO_LARGE,
    TOO_LARGE,
    URI_TOO_LONG,
    Answer,
)
from netful.engine.http.headers import Headers
from netful.model.apis.api import Api, ApiEndpointType, RestApi

_HEADERS = 10_240
_TARGET, _TARGET_AT_EDGE = 10_240, 8_192
_ARN = 1_600
_NOT_IN_A_QUERY = frozenset("|{}")
BODY = 10 * 1024 * 1024
"""The largest body of a request, and of an answer."""


def is_plain(target: str) -> bool:
    """Whether a target is short and spelt well enough for no limit to be near."""
    return len(target) <= _ARN // 2 and _NOT_IN_A_QUERY.isdisjoint(target)


def excess(api: Api, target: str, headers: Headers, body_size: int, arn: Callable[[], str]) -> Answer | None:
    """The answer to a request that is too large, or misspelt; None for any other. `arn` makes the method's, which few need."""
    rest = isinstance(api, RestApi)
    longest = _TARGET_AT_EDGE if api.endpoint_type is ApiEndpointType.EDGE else _TARGET
    if len(target) > longest or (rest and len(target) > _ARN // 2 and len(arn()) > _ARN):
        return URI_TOO_LONG
    if not _NOT_IN_A_QUERY.isdisjoint(target.partition("?")[2]):
        return BAD_REQUEST
    if sum([len(name) + len(value) for name, value in headers]) > _HEADERS:
        return HEADERS_TOO_LARGE if rest else HTTP_HEADERS_TOO_LARGE
    if body_size > BODY:
        return TOO_LARGE if rest else HTTP_TOO_LARGE
    return None
