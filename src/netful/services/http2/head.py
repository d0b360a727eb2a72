"""Request from the header fields of a stream: the rules that h2 does not check (RFC 9113 §8.3).

Targets and methods are as strict as in HTTP/1, because a request may go on in HTTP/1.
"""

import re
from collections.abc import Iterable

from netful.model.core import whole_number
from netful.services.http.head import HOST, RefusedError
from netful.services.http.limits import Limits
from netful.services.http.message import ClientConnection, Request

VERSION = "2.0"

_COMMON = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Length", "Content-Type", "Cookie",
    "Origin", "Referer", "User-Agent",
)  # fmt: skip
_IN_HTTP1 = {name.lower(): name for name in _COMMON}
"""Names as clients of HTTP/1 write them, for functions that read them so; what AWS does with them is uncertain."""

_METHOD = re.compile(r"[A-Z]+(?:-[A-Z]+)*")
_PATH = re.compile(r"/[^\x00-\x20\x7f#]*")


def request_of(fields: Iterable[tuple[bytes, bytes]], connection: ClientConnection, limits: Limits) -> Request:
    """Return a request without its body. Raises RefusedError."""
    headers, control = [], {}
    for raw_name, raw_value in fields:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name.startswith(":"):
            control[name] = value
        elif name == "host":  # the same as the authority, as h2 has checked
            control.setdefault(":authority", value)
        else:
            headers.append((_IN_HTTP1.get(name, name), value))
    method, target, authority = control[":method"], control.get(":path", ""), control.get(":authority", "")
    if len(headers) > limits.header_count:
        raise RefusedError(431, "too many header fields")
    if method == "CONNECT":
        raise RefusedError(501, "this server is not a proxy")
    if len(target) > limits.target:
        raise RefusedError(414, "request target too long")
    if not _METHOD.fullmatch(method) or not (_PATH.fullmatch(target) or (method, target) == ("OPTIONS", "*")):
        raise RefusedError(400, "malformed request")
    if not authority or not HOST.fullmatch(authority):
        raise RefusedError(400, "invalid Host")
    request = Request(method, target, (("Host", authority), *headers), b"", connection, VERSION)
    if whole_number(request.header("content-length"), 0) > limits.body:
        raise RefusedError(413, "request body too large")
    return request
