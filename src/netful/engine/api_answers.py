"""The answers that API Gateway itself gives: status, body and error type, to the letter (api-gateway §2.7, §3.6).

Denials by a policy say `Message`, all others `message`; errors of an integration have a blank after the colon (§5.10).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `error_type` is the header `x-amzn-ErrorType`."""

    status: int
    body: str
    error_type: str = ""


FORBIDDEN = Answer(403, '{"message":"Forbidden"}', "ForbiddenException")
MISSING_TOKEN = Answer(403, '{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException")
NOT_FOUND = Answer(404, '{"message":"Not Found"}')
UNAUTHORIZED = Answer(401, '{"message":"Unauthorized"}', "UnauthorizedException")
TOO_MANY = Answer(429, '{"message":"Too Many Requests"}', "TooManyRequestsException")
QUOTA_SPENT = Answer(429, '{"message":"Limit Exceeded"}', "LimitExceededException")
INTERNAL_ERROR = Answer(500, '{"message": "Internal server error"}', "InternalServerErrorException")
TIMED_OUT = Answer(504, '{"message": "Endpoint request timed out"}', "InternalServerErrorException")


def access_denied(user: str, arn: str, *, explicit: bool) -> Answer:
    """A policy's denial: the account is masked but for its last four digits."""
    parts = arn.split(":")
    masked = ":".join([*parts[:4], "*" * 8 + parts[4][-4:], *parts[5:]])
    suffix = " with an explicit deny" if explicit else ""
    text = f"User: {user} is not authorized to perform: execute-api:Invoke on resource: {masked}{suffix}"
    return Answer(403, f'{{"Message":"{text}"}}', "AccessDeniedException")
