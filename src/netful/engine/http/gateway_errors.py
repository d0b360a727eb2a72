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


def _answer(status: int, message: str, error_type: str = "", of: ResponseType | None = None) -> GatewayAnswer:
    return GatewayAnswer(status, f'{{"message":"{message}"}}', error_type, of)


FORBIDDEN = _answer(403, "Forbidden", "ForbiddenException")
CACHE_REFUSED = _answer(403, "Forbidden", "AccessDeniedException", ResponseType.ACCESS_DENIED)
INVALID_KEY = _answer(403, "Forbidden", "ForbiddenException", ResponseType.INVALID_API_KEY)
MISSING_TOKEN = _answer(
    403,
    "Missing Authentication Token",
    "MissingAuthenticationTokenException",
    ResponseType.MISSING_AUTHENTICATION_TOKEN,
)
HEALTHY = GatewayAnswer(200, "healthy", content_type="text/plain")
"""API Gateway's response at `/ping` and `/sping` of a custom domain, as observed on AWS."""
NOT_FOUND = _answer(404, "Not Found")
UNAUTHORIZED = _answer(401, "Unauthorized", "UnauthorizedException", ResponseType.UNAUTHORIZED)
NO_TOKEN = replace(UNAUTHORIZED, challenge="Bearer")
TOO_MANY = _answer(429, "Too Many Requests", "TooManyRequestsException", ResponseType.THROTTLED)
KEY_TOO_MANY = replace(TOO_MANY)
"""Same text as TOO_MANY, for a key's own limit, which has a different log line."""
QUOTA_SPENT = _answer(429, "Limit Exceeded", "LimitExceededException", ResponseType.QUOTA_EXCEEDED)
UNSUPPORTED_MEDIA = _answer(415, "Unsupported Media Type", "BadRequestException", ResponseType.UNSUPPORTED_MEDIA_TYPE)
INCOMPLETE_SIGNATURE = _answer(
    403,
    "Authorization header requires Credential, SignedHeaders and Signature parameters.",
    "IncompleteSignatureException",
    ResponseType.DEFAULT_4XX,
)
BAD_JSON = _answer(400, "Invalid JSON in request body", "BadRequestException", ResponseType.DEFAULT_4XX)
GONE = _answer(410, "Gone", "GoneException")
PAYLOAD_TOO_LARGE = _answer(413, "Payload Too Large", "PayloadTooLargeException")
TOO_LARGE = _answer(413, "HTTP content length exceeded 10485760 bytes.", "RequestTooLargeException")
HEADERS_TOO_LARGE = _answer(431, "Request header section exceeded 10240 bytes.", "RequestHeaderFieldsTooLargeException")
URI_TOO_LONG = _answer(414, "Request URI too long", "RequestURITooLongException")
HTTP_TOO_LARGE = _answer(413, "Request Entity Too Large")
HTTP_HEADERS_TOO_LARGE = _answer(431, "Request Header Fields Too Large")
BAD_REQUEST = _answer(400, "Bad Request", "BadRequestException")
TOO_LONG = _answer(413, "Request Too Long", "RequestTooLargeException")

_INTERNAL = '{"message": "Internal server error"}'
_SERVER_ERROR = "InternalServerErrorException"
INTERNAL_ERROR = GatewayAnswer(500, _INTERNAL, _SERVER_ERROR, ResponseType.API_CONFIGURATION_ERROR)
HTTP_BAD_REQUEST = _answer(400, "Bad Request")
HTTP_FORBIDDEN = _answer(403, "Forbidden")
HTTP_INTERNAL_ERROR = _answer(500, "Internal Server Error")
HTTP_UNAVAILABLE = _answer(503, "Service Unavailable")
BAD_INTEGRATION = GatewayAnswer(502, _INTERNAL, _SERVER_ERROR, ResponseType.DEFAULT_5XX)
# The message is null, as users of AWS report (§2.7): the error type contains more.
AUTHORIZER_MISCONFIGURED = GatewayAnswer(
    500, '{"message":null}', "AuthorizerConfigurationException", ResponseType.AUTHORIZER_CONFIGURATION_ERROR
)
AUTHORIZER_FAILED = _answer(500, "Internal server error", _SERVER_ERROR, ResponseType.AUTHORIZER_FAILURE)
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
    return _denial(f"User: {user} is not authorized to perform: {action} on resource: {masked}", explicit=explicit)


def not_authorized(*, explicit: bool) -> GatewayAnswer:
    """Return a Lambda authorizer's denial."""
    return _denial("User is not authorized to access this resource", explicit=explicit)


def _denial(text: str, *, explicit: bool) -> GatewayAnswer:
    body = f'{{"Message":"{text}{" with an explicit deny" if explicit else ""}"}}'
    return GatewayAnswer(403, body, "AccessDeniedException", ResponseType.ACCESS_DENIED)


def invalid_token(why: str, scopes: Iterable[str]) -> GatewayAnswer:
    """Return the response to a token that a JWT authorizer rejects (§6.5)."""
    scope = " ".join(scopes)
    challenge = f'Bearer scope="{scope}" error="invalid_token" error_description="{why}"'
    return replace(UNAUTHORIZED, challenge=challenge)


def insufficient_scope(scopes: Iterable[str]) -> GatewayAnswer:
    """Return the response to a token without any of the route's scopes (§6.5)."""
    return replace(HTTP_FORBIDDEN, challenge=f'Bearer scope="{" ".join(scopes)}" error="insufficient_scope"')


def missing_parameters(names: Iterable[str]) -> GatewayAnswer:
    """Return the response to a request without the required parameters of its method."""
    text = f"Missing required request parameters: [{', '.join(names)}]"
    return _answer(400, text, "BadRequestException", ResponseType.BAD_REQUEST_PARAMETERS)


def invalid_body(detail: str, *, rest: bool) -> GatewayAnswer:
    """Return the response to a body that does not match its model: of a REST API, or of a WebSocket API's route."""
    text = "Invalid request body" if rest else "Bad request body"
    return replace(_answer(400, text, "BadRequestException", ResponseType.BAD_REQUEST_BODY), detail=f"[{detail}]")


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
