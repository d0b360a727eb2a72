"""Limits of a request to an API: size and spelling (api-gateway §5.11, §6.5, §1.1, §5.2).

| part | limit | beyond it |
|---|---|---|
| headers, their names included | 10,240 bytes | 431 |
| the request line's target | 8,192 bytes at the edge, else 10,240 | 414 |
| the method's ARN with the path | 1,600 bytes | 414 |
| the body | 10 MB | 413 |
| unencoded `|`, `{` and `}` in the query of a REST API | none | 400 |
"""

from collections.abc import Callable

from netful.engine.http.gateway_errors import (
    BAD_REQUEST,
    HEADERS_TOO_LARGE,
    HTTP_HEADERS_TOO_LARGE,
    HTTP_TOO_LARGE,
    TOO_LARGE,
    URI_TOO_LONG,
    GatewayAnswer,
)
from netful.engine.http.headers import Headers
from netful.model.apis.api import Api, ApiEndpointType, RestApi

_HEADERS = 10_240
_TARGET, _TARGET_AT_EDGE = 10_240, 8_192
_ARN = 1_600
_NOT_IN_A_QUERY = frozenset("|{}")
BODY = 10 * 1024 * 1024
"""Maximum size of a request body and of a response body."""


def is_plain(target: str) -> bool:
    """Return whether a target is short and plain enough that no limit applies."""
    return len(target) <= _ARN // 2 and _NOT_IN_A_QUERY.isdisjoint(target)


def excess(api: Api, target: str, headers: Headers, body_size: int, arn: Callable[[], str]) -> GatewayAnswer | None:
    """Return the response to a request that is too large or misspelt, else None. `arn` computes the method's ARN, which few requests need."""
    rest = isinstance(api, RestApi)
    longest = _TARGET_AT_EDGE if api.endpoint_type is ApiEndpointType.EDGE else _TARGET
    if len(target) > longest or (rest and len(target) > _ARN // 2 and len(arn()) > _ARN):
        return URI_TOO_LONG
    if rest and not _NOT_IN_A_QUERY.isdisjoint(target.partition("?")[2]):
        return BAD_REQUEST
    if sum([len(name) + len(value) for name, value in headers]) > _HEADERS:
        return HEADERS_TOO_LARGE if rest else HTTP_HEADERS_TOO_LARGE
    if body_size > BODY:
        return TOO_LARGE if rest else HTTP_TOO_LARGE
    return None
