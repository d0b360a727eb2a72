"""How a response looks on the wire (RFC 9112)."""

from __future__ import annotations

import msgspec

from netful.services.message import Headers, Response

_REASONS = {
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
    308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 411: "Length Required",
    412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 417: "Expectation Failed", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
_STATUS_LINES = {status: f"HTTP/1.1 {status} {reason}\r\n" for status, reason in _REASONS.items()}
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_LINE_ENDS = str.maketrans("", "", "\r\n\0")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def encode(response: Response, *, head_only: bool, keep_alive: bool) -> bytes:
    """The bytes of a response. `head_only` answers HEAD: the length is told, the body is not sent (RFC 9110 §9.3.2).

    A handler that answers HEAD tells the length itself where it has no body to measure.
    """
    status, body = response.status, response.body
    parts = [_STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"]
    length = str(len(body))
    for name, value in response.headers:
        lower = name.lower()
        if lower not in _FRAMING:
            parts.append(f"{name}: {value}\r\n".translate(_LINE_ENDS) + "\r\n")
        elif lower == "content-length" and head_only:
            length = value
    if status >= 200 and status != 204:
        parts.append(f"Content-Length: {length}\r\n")
    parts.append("\r\n" if keep_alive else "Connection: close\r\n\r\n")
    head = "".join(parts).encode("iso-8859-1", "replace")
    bodiless = head_only or status in {204, 304}
    return head if bodiless else head + body


def json_response(status: int, content: object, headers: Headers = ()) -> Response:
    """A response with a JSON body."""
    return Response(status, (("Content-Type", "application/json"), *headers), msgspec.json.encode(content))
