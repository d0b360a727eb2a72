"""API Gateway's own responses: exact status, body and error type (api-gateway §2.7, §3.6).

Denials by a policy contain `Message`, all others `message`; errors of an integration have a blank after the colon (§5.10).
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from netful.model.core import Frozen


class ResponseType(StrEnum):
    """Types of gateway responses that the emulated gateway sends (§5.14)."""

    INVALID_API_KEY = "INVALID_API_KEY"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"  # noqa: S105  # not a password
    UNAUTHORIZED = "UNAUTHORIZED"
    THROTTLED = "THROTTLED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    API_CONFIGURATION_ERROR = "API_CONFIGURATION_ERROR"
    DEFAULT_4XX = "DEFAULT_4XX"
    DEFAULT_5XX = "DEFAULT_5XX"
    AUTHORIZER_CONFIGURATION_ERROR = "AUTHORIZER_CONFIGURATION_ERROR"
    AUTHORIZER_FAILURE = "AUTHORIZER_FAILURE"
    INTEGRATION_TIMEOUT = "INTEGRATION_TIMEOUT"
    INTEGRATION_FAILURE = "INTEGRATION_FAILURE"
    ACCESS_DENIED = "ACCESS_DENIED"
    BAD_REQUEST_PARAMETERS = "BAD_REQUEST_PARAMETERS"
    BAD_REQUEST_BODY = "BAD_REQUEST_BODY"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    WAF_FILTERED = "WAF_FILTERED"


class GatewayAnswer(Frozen):
    """An HTTP response of the gateway; `error_type` is the header `x-amzn-ErrorType`.

    `response_type` is the gateway response that lets an API customise it (§5.14); None if it cannot. `detail` is the text that
    only `$context.error.validationErrorString` contains. `challenge` is the header `www-authenticate`. `headers` and
    `content_type` are set by a web ACL.
    """

    status: int
    body: str
    error_type: str = ""
    response_type: ResponseType | None = None
    detail: str = ""
    challenge: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


FORBIDDEN = GatewayAnswer(403, '{"message":"Forbidden"}', "ForbiddenException")
CACHE_REFUSED = GatewayAnswer(403, '{"message":"Forbidden"}', "AccessDeniedException", ResponseType.ACCESS_DENIED)
INVALID_KEY = GatewayAnswer(403, '{"message":"Forbidden"}', "ForbiddenException", ResponseType.INVALID_API_KEY)
MISSING_TOKEN = GatewayAnswer(
    403,
    '{"message":"Missing Authentication Token"}',
    "MissingAuthenticationTokenException",
    ResponseType.MISSING_AUTHENTICATION_TOKEN,
)
HEALTHY = GatewayAnswer(200, "healthy", content_type="text/plain")
"""API Gateway's response at `/ping` and `/sping` of a custom domain, as observed on AWS."""
NOT_FOUND = GatewayAnswer(404, '{"message":"Not Found"}')
UNAUTHORIZED = GatewayAnswer(401, '{"message":"Unauthorized"}', "UnauthorizedException", ResponseType.UNAUTHORIZED)
NO_TOKEN = replace(UNAUTHORIZED, challenge="Bearer")
TOO_MANY = GatewayAnswer(429, '{"message":"Too Many Requests"}', "TooManyRequestsException", ResponseType.THROTTLED)
KEY_TOO_MANY = replace(TOO_MANY)
"""Same text as TOO_MANY, for a key's own limit, which has a different log line."""
QUOTA_SPENT = GatewayAnswer(429, '{"message":"Limit Exceeded"}', "LimitExceededException", ResponseType.QUOTA_EXCEEDED)
UNSUPPORTED_MEDIA = GatewayAnswer(
    415, '{"message":"Unsupported Media Type"}', "BadRequestException", ResponseType.UNSUPPORTED_MEDIA_TYPE
)
INCOMPLETE_SIGNATURE = GatewayAnswer(
    403,
    '{"message":"Authorization header requires Credential, SignedHeaders and Signature parameters."}',
    "IncompleteSignatureException",
    ResponseType.DEFAULT_4XX,
)
BAD_JSON = GatewayAnswer(
    400, '{"message":"Invalid JSON in request body"}', "BadRequestException", ResponseType.DEFAULT_4XX
)
GONE = GatewayAnswer(410, '{"message":"Gone"}', "GoneException")
PAYLOAD_TOO_LARGE = GatewayAnswer(413, '{"message":"Payload Too Large"}', "PayloadTooLargeException")
TOO_LARGE = GatewayAnswer(413, '{"message":"HTTP content length exceeded 10485760 bytes."}', "RequestTooLargeException")
HEADERS_TOO_LARGE = GatewayAnswer(
    431, '{"message":"Request header section exceeded 10240 bytes."}', "RequestHeaderFieldsTooLargeException"
)
URI_TOO_LONG = GatewayAnswer(414, '{"message":"Request URI too long"}', "RequestURITooLongException")
HTTP_TOO_LARGE = GatewayAnswer(413, '{"message":"Request Entity Too Large"}')
HTTP_HEADERS_TOO_LARGE = GatewayAnswer(431, '{"message":"Request Header Fields Too Large"}')
BAD_REQUEST = GatewayAnswer(400, '{"message":"Bad Request"}', "BadRequestException")
TOO_LONG = GatewayAnswer(413, '{"message":"Request Too Long"}', "RequestTooLargeException")

_INTERNAL = '{"message": "Internal server error"}'
_SERVER_ERROR = "InternalServerErrorException"
INTERNAL_ERROR = GatewayAnswer(500, _INTERNAL, _SERVER_ERROR, ResponseType.API_CONFIGURATION_ERROR)
HTTP_BAD_REQUEST = GatewayAnswer(400, '{"message":"Bad Request"}')
HTTP_FORBIDDEN = GatewayAnswer(403, '{"message":"Forbidden"}')
HTTP_INTERNAL_ERROR = GatewayAnswer(500, '{"message":"Internal Server Error"}')
HTTP_UNAVAILABLE = GatewayAnswer(503, '{"message":"Service Unavailable"}')
BAD_INTEGRATION = GatewayAnswer(502, _INTERNAL, _SERVER_ERROR, ResponseType.DEFAULT_5XX)
# The message is null, as users of AWS report (§2.7): the error type contains more.
AUTHORIZER_MISCONFIGURED = GatewayAnswer(
    500, '{"message":null}', "AuthorizerConfigurationException", ResponseType.AUTHORIZER_CONFIGURATION_ERROR
)
AUTHORIZER_FAILED = GatewayAnswer(
    500, '{"message":"Internal server error"}', _SERVER_ERROR, ResponseType.AUTHORIZER_FAILURE
)
NO_CONNECTION = GatewayAnswer(
    504, '{"message": "Network error communicating with endpoint"}', _SERVER_ERROR, ResponseType.INTEGRATION_FAILURE
)
TIMED_OUT = GatewayAnswer(
    504, '{"message": "Endpoint request timed out"}', _SERVER_ERROR, ResponseType.INTEGRATION_TIMEOUT
)


def access_denied(user: str, arn: str, *, explicit: bool, action: str = "execute-api:Invoke") -> GatewayAnswer:
    """Return a policy's denial; the account is masked except for its last four digits."""
    parts = arn.split(":")
    masked = ":".join([*parts[:4], "*" * 8 + parts[4][-4:], *parts[5:]])
    suffix = " with an explicit deny" if explicit else ""
    text = f"User: {user} is not authorized to perform: {action} on resource: {masked}{suffix}"
    return GatewayAnswer(403, f'{{"Message":"{text}"}}', "AccessDeniedException", ResponseType.ACCESS_DENIED)


def not_authorized(*, explicit: bool) -> GatewayAnswer:
    """Return a Lambda authorizer's denial."""
    suffix = " with an explicit deny" if explicit else ""
    text = f"User is not authorized to access this resource{suffix}"
    return GatewayAnswer(403, f'{{"Message":"{text}"}}', "AccessDeniedException", ResponseType.ACCESS_DENIED)


def invalid_token(why: str, scopes: Iterable[str]) -> GatewayAnswer:
    """Return the response to a token that a JWT authorizer rejects (§6.5)."""
    scope = " ".join(scopes)
    challenge = f'Bearer scope="{scope}" error="invalid_token" error_description="{why}"'
    return replace(UNAUTHORIZED, challenge=challenge)


def insufficient_scope(scopes: Iterable[str]) -> GatewayAnswer:
    """Return the response to a token without any of the route's scopes (§6.5)."""
    return GatewayAnswer(
        403, '{"message":"Forbidden"}', challenge=f'Bearer scope="{" ".join(scopes)}" error="insufficient_scope"'
    )


def missing_parameters(names: Iterable[str]) -> GatewayAnswer:
    """Return the response to a request without the required parameters of its method."""
    text = f"Missing required request parameters: [{', '.join(names)}]"
    return GatewayAnswer(400, f'{{"message":"{text}"}}', "BadRequestException", ResponseType.BAD_REQUEST_PARAMETERS)


def invalid_body(detail: str) -> GatewayAnswer:
    """Return the response to a body that does not match its model."""
    body = '{"message":"Invalid request body"}'
    return GatewayAnswer(400, body, "BadRequestException", ResponseType.BAD_REQUEST_BODY, f"[{detail}]")


def without_token(answer: GatewayAnswer, authorization: str) -> GatewayAnswer:
    """Return the response that replaces `Missing Authentication Token` if the client's `Authorization` is not a signature."""
    if answer is not MISSING_TOKEN or not authorization or authorization.startswith("AWS4-"):
        return answer
    hashed = base64.b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
    text = (
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        f"(hashed with SHA-256 and encoded with Base64): '{hashed}'."
    )
    body = json.dumps({"message": text}, separators=(",", ":"))
    return GatewayAnswer(403, body, "IncompleteSignatureException", ResponseType.DEFAULT_4XX)


def bad_signature(text: str, *, known_key: bool) -> GatewayAnswer:
    """Return the response to a wrong signature, or to one with an unknown key."""
    kind = "InvalidSignatureException" if known_key else "UnrecognizedClientException"
    body = json.dumps({"message": text}, separators=(",", ":"))
    return GatewayAnswer(403, body, kind, ResponseType.INVALID_SIGNATURE)
