"""The answers that API Gateway itself gives: status, body and error type, to the letter (api-gateway §2.7, §3.6).

Denials by a policy say `Message`, all others `message`; errors of an integration have a blank after the colon (§5.10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ResponseType(StrEnum):
    """The gateway responses that this gateway gives (§5.14)."""

    INVALID_API_KEY = "INVALID_API_KEY"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"  # noqa: S105  # not a password
    UNAUTHORIZED = "UNAUTHORIZED"
    THROTTLED = "THROTTLED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    API_CONFIGURATION_ERROR = "API_CONFIGURATION_ERROR"
    DEFAULT_5XX = "DEFAULT_5XX"
    AUTHORIZER_FAILURE = "AUTHORIZER_FAILURE"
    INTEGRATION_TIMEOUT = "INTEGRATION_TIMEOUT"
    ACCESS_DENIED = "ACCESS_DENIED"
    BAD_REQUEST_PARAMETERS = "BAD_REQUEST_PARAMETERS"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `error_type` is the header `x-amzn-ErrorType`.

    `response_type` is the gateway response by which an API may change it (§5.14); None where it may not.
    """

    status: int
    body: str
    error_type: str = ""
    response_type: ResponseType | None = None


FORBIDDEN = Answer(403, '{"message":"Forbidden"}', "ForbiddenException")
CACHE_REFUSED = Answer(403, '{"message":"Forbidden"}', "AccessDeniedException", ResponseType.ACCESS_DENIED)
INVALID_KEY = Answer(403, '{"message":"Forbidden"}', "ForbiddenException", ResponseType.INVALID_API_KEY)
MISSING_TOKEN = Answer(
    403,
    '{"message":"Missing Authentication Token"}',
    "MissingAuthenticationTokenException",
    ResponseType.MISSING_AUTHENTICATION_TOKEN,
)
NOT_FOUND = Answer(404, '{"message":"Not Found"}')
UNAUTHORIZED = Answer(401, '{"message":"Unauthorized"}', "UnauthorizedException", ResponseType.UNAUTHORIZED)
TOO_MANY = Answer(429, '{"message":"Too Many Requests"}', "TooManyRequestsException", ResponseType.THROTTLED)
QUOTA_SPENT = Answer(429, '{"message":"Limit Exceeded"}', "LimitExceededException", ResponseType.QUOTA_EXCEEDED)
UNSUPPORTED_MEDIA = Answer(
    415, '{"message":"Unsupported Media Type"}', "BadRequestException", ResponseType.UNSUPPORTED_MEDIA_TYPE
)
TOO_LONG = Answer(413, '{"message":"Request Too Long"}', "RequestTooLargeException")

_INTERNAL = '{"message": "Internal server error"}'
_SERVER_ERROR = "InternalServerErrorException"
INTERNAL_ERROR = Answer(500, _INTERNAL, _SERVER_ERROR, ResponseType.API_CONFIGURATION_ERROR)
HTTP_FORBIDDEN = Answer(403, '{"message":"Forbidden"}')
HTTP_INTERNAL_ERROR = Answer(500, '{"message":"Internal Server Error"}')
HTTP_UNAVAILABLE = Answer(503, '{"message":"Service Unavailable"}')
BAD_INTEGRATION = Answer(502, _INTERNAL, _SERVER_ERROR, ResponseType.DEFAULT_5XX)
AUTHORIZER_FAILED = Answer(500, '{"message":"Internal server error"}', _SERVER_ERROR, ResponseType.AUTHORIZER_FAILURE)
TIMED_OUT = Answer(504, '{"message": "Endpoint request timed out"}', _SERVER_ERROR, ResponseType.INTEGRATION_TIMEOUT)


def access_denied(user: str, arn: str, *, explicit: bool) -> Answer:
    """A policy's denial: the account is masked but for its last four digits."""
    parts = arn.split(":")
    masked = ":".join([*parts[:4], "*" * 8 + parts[4][-4:], *parts[5:]])
    suffix = " with an explicit deny" if explicit else ""
    text = f"User: {user} is not authorized to perform: execute-api:Invoke on resource: {masked}{suffix}"
    return Answer(403, f'{{"Message":"{text}"}}', "AccessDeniedException", ResponseType.ACCESS_DENIED)


def not_authorized(*, explicit: bool) -> Answer:
    """A Lambda authorizer's denial."""
    suffix = " with an explicit deny" if explicit else ""
    text = f"User is not authorized to access this resource{suffix}"
    return Answer(403, f'{{"Message":"{text}"}}', "AccessDeniedException", ResponseType.ACCESS_DENIED)


def missing_parameters(names: Iterable[str]) -> Answer:
    """A request without the parameters that its method requires."""
    text = f"Missing required request parameters: [{', '.join(names)}]"
    return Answer(400, f'{{"message":"{text}"}}', "BadRequestException", ResponseType.BAD_REQUEST_PARAMETERS)
