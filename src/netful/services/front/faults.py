"""AWS errors on the wire: the form depends on the protocol of the service that answers.

JSON for the JSON and REST JSON protocols, XML for S3 and similar services, XML in an envelope for the query protocol.
"""

import re
from xml.sax.saxutils import escape

from netful.services.http.message import Response
from netful.services.http.wire import json_response

_REST_XML_HOST = re.compile(r"(.+\.)?(s3[a-z-]*|route53|cloudfront)\.")
FORM = "application/x-www-form-urlencoded"


def aws_error(host: str, content_type: str, status: int, code: str, message: str) -> Response:
    """Return the error response of the service at `host` to a request with that content type."""
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if _REST_XML_HOST.match(host):
        return _xml(status, error)
    if content_type.startswith(FORM):
        return _xml(status, f"<ErrorResponse>{error}</ErrorResponse>")
    return json_response(status, {"__type": code, "message": message}, (("x-amzn-ErrorType", code),))


def _xml(status: int, body: str) -> Response:
    return Response(status, (("Content-Type", "application/xml"),), body.encode())
