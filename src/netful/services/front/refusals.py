"""Denials in the form of each AWS service: the status, the code and the message differ from service to service."""

from datetime import datetime, timedelta

from netful.engine.iam.authorization import Refusal
from netful.engine.iam.service_actions import RequestedAction
from netful.model.core import Frozen
from netful.services.front.faults import FORM, aws_error
from netful.services.front.routing import ServiceRoute
from netful.services.front.signature import Fault, Signature
from netful.services.http.message import Request, Response

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_MISMATCH_S3 = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
_SKEWED_S3 = "The difference between the request time and the current time is too large."
_TOKEN = "The security token included in the request is invalid."  # noqa: S105  # a sentence, not a token
_TOKEN_S3 = "The provided token is malformed or otherwise invalid."  # noqa: S105  # the same
_OVER = "The security token included in the request is expired"
_OVER_S3 = "The provided token has expired."


class _Manner(Frozen):
    """A service's form: the status and code of a denial, and its spelling of the action."""

    status: int
    code: str

    def spelt(self, action: str) -> str:
        service, _, name = action.partition(":")
        return {"sqs": f"sqs:{name.lower()}", "sns": f"SNS:{name}"}.get(service, action)


_MANNERS = {
    "s3": _Manner(403, "AccessDenied"),
    "sqs": _Manner(403, "AccessDenied"),
    "sns": _Manner(403, "AuthorizationError"),
    "route53": _Manner(403, "AccessDenied"),
    "cloudfront": _Manner(403, "AccessDenied"),
}
_REST_JSON = frozenset({"lambda", "apigateway", "rds-data"})
_JSON = _Manner(400, "AccessDeniedException")
_QUERY = _Manner(403, "AccessDenied")
_REST = _Manner(403, "AccessDeniedException")


def _manner(found: ServiceRoute, request: Request) -> _Manner:
    is_query = request.header("content-type").startswith(FORM) or "Action=" in request.query
    by_rule = _JSON if request.header("x-amz-target") else _QUERY if is_query else _REST
    return _MANNERS.get(found.service.code, by_rule)


def access_denied(
    found: ServiceRoute, request: Request, asked: RequestedAction, refusal: Refusal, arn: str
) -> Response:
    """Return a policy's denial; `arn` is the caller's, "" for an unsigned request."""
    manner, message = _manner(found, request), denial(found, request, asked, refusal, arn)
    return aws_error(found.host, request.header("content-type"), manner.status, manner.code, message)


def denial(found: ServiceRoute, request: Request, asked: RequestedAction, refusal: Refusal, arn: str) -> str:
    """Return the message of a policy's denial."""
    action = _manner(found, request).spelt(asked.action)
    user = f"User: {arn}" if arn else "User: anonymous"
    resource = f'"{asked.resource}"' if found.service.code == "s3" else asked.resource
    on = f" on resource: {resource}" if asked.resource else ""
    kind = f"a {refusal.kind}" if refusal.kind[0] not in "aeio" else f"an {refusal.kind}"
    why = (
        f"with an explicit deny in {kind}"
        if refusal.explicit
        else f"because no {refusal.kind} allows the {action} action"
    )
    return f"{user} is not authorized to perform: {action}{on} {why}"


def denied(found: ServiceRoute, request: Request, message: str) -> Response:
    """Return the refusal of a request for another reason than a policy."""
    content_type = "" if found.service.code in _REST_JSON else request.header("content-type")
    return aws_error(found.host, content_type, 403, _manner(found, request).code, message)


def bad_signature(found: ServiceRoute, request: Request, signature: Signature, wrong: Fault, now: datetime) -> Response:
    """Return the answer to an invalid signature."""
    content_type = request.header("content-type")
    if found.service.code == "s3":
        status, code, message = _S3[wrong]
    else:
        is_json = bool(request.header("x-amz-target")) or found.service.code in _REST_JSON
        status = 400 if request.header("x-amz-target") else 403
        code, message = _CODES.get(wrong, _WRONG)[is_json], sentence(wrong, signature, now)
    return aws_error(found.host, content_type, status, code, message)


def malformed_signature(found: ServiceRoute, request: Request) -> Response:
    """Return the answer to a signature that cannot be read."""
    is_json = bool(request.header("x-amz-target")) or found.service.code in _REST_JSON
    code = "AuthorizationHeaderMalformed" if found.service.code == "s3" else _INCOMPLETE[is_json]
    status = 403 if found.service.code in _REST_JSON else 400
    return aws_error(found.host, request.header("content-type"), status, code, _MALFORMED)


_MALFORMED = (
    "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the key of its scope "
    "in the form KEY/DATE/REGION/SERVICE/aws4_request."
)
_INCOMPLETE = {True: "IncompleteSignatureException", False: "IncompleteSignature"}
_S3: dict[Fault, tuple[int, str, str]] = {
    "mismatch": (403, "SignatureDoesNotMatch", _MISMATCH_S3),
    "expired": (403, "RequestTimeTooSkewed", _SKEWED_S3),
    "not yet": (403, "RequestTimeTooSkewed", _SKEWED_S3),
    "token": (400, "InvalidToken", _TOKEN_S3),
    "token expired": (400, "ExpiredToken", _OVER_S3),
    "presigned expired": (403, "AccessDenied", "Request has expired"),
}
# By whether the service's protocol is JSON.
_CODES: dict[Fault, dict[bool, str]] = {
    "token": {True: "UnrecognizedClientException", False: "InvalidClientTokenId"},
    "token expired": {True: "ExpiredTokenException", False: "ExpiredToken"},
}
_WRONG = {True: "InvalidSignatureException", False: "SignatureDoesNotMatch"}


def sentence(wrong: Fault, signature: Signature, now: datetime) -> str:
    """Return AWS's message for an invalid signature."""
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    if wrong == "token":
        return _TOKEN
    if wrong == "token expired":
        return _OVER
    if wrong == "expired":
        earliest = f"{now - timedelta(minutes=5):%Y%m%dT%H%M%SZ}"
        return f"Signature expired: {signature.moment} is now earlier than {earliest} ({moment} - 5 min.)"
    if wrong == "not yet":
        latest = f"{now + timedelta(minutes=5):%Y%m%dT%H%M%SZ}"
        return f"Signature not yet current: {signature.moment} is still later than {latest} ({moment} + 5 min.)"
    return _MISMATCH
