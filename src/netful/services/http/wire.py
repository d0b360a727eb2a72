"""Encoding of responses on the wire (RFC 9112)."""

from functools import lru_cache
from http import HTTPStatus

import msgspec

from netful.services.http.message import Headers, Response

_REASONS = {one.value: one.phrase for one in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
}
"""Reasons by status; those of RFC 9110, which the oldest Python here does not have yet, replace older ones."""
_STATUS_LINES = {status: f"HTTP/1.1 {status} {reason}\r\n" for status, reason in _REASONS.items()}
BODILESS = frozenset({204, 304})
HEADS = 1024  # number of the last responses whose heads are kept
FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
LINE_ENDS = str.maketrans("", "", "\r\n\0")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def encode(response: Response, *, head_only: bool, keep_alive: bool) -> bytes:
    """Return the bytes of a response. `head_only` answers HEAD with the length but without the body (RFC 9110 §9.3.2).

    A handler that answers HEAD without a body sets the length itself.
    """
    status, body = response.status, response.body
    head = _head(status, response.headers, len(body), head_only)
    own = "".join([f"{name}: {value}\r\n" for name, value in response.own])
    end = "\r\n" if keep_alive else "Connection: close\r\n\r\n"
    whole = head + f"{own}{end}".encode("latin-1", "replace")
    return whole if head_only or status in BODILESS else whole + body


@lru_cache(HEADS)
def _head(status: int, headers: Headers, size: int, head_only: bool) -> bytes:  # noqa: FBT001  # a key of the cache
    """Return the part that is common to responses which differ only in their bodies and their `own` headers."""
    parts = [_STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"]
    length = str(size)
    for name, value in headers:
        lower = name.lower()
        if lower not in FRAMING:
            parts.append(f"{name}: {value}\r\n".translate(LINE_ENDS) + "\r\n")
        elif lower == "content-length" and head_only:
            length = value
    if status >= 200 and status != 204:
        parts.append(f"Content-Length: {length}\r\n")
    return "".join(parts).encode("latin-1", "replace")


def encode_stream_head(response: Response, *, keep_alive: bool, chunked: bool = True) -> bytes:
    """Return the head of a response that is sent in pieces."""
    headers = (*response.headers, *response.own)
    lines = [f"{name}: {value}".translate(LINE_ENDS) for name, value in headers if name.lower() not in FRAMING]
    coding = ["Transfer-Encoding: chunked"] if chunked else []
    ending = [*coding, *([] if keep_alive else ["Connection: close"]), "", ""]
    status_line = (_STATUS_LINES.get(response.status) or f"HTTP/1.1 {response.status} ").rstrip("\r\n")
    return "\r\n".join([status_line, *lines, *ending]).encode("latin-1", "replace")


def encode_chunk(data: bytes) -> bytes:
    """Return a piece of a body; the empty one ends it (RFC 9112 §7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def encode_switch(response: Response) -> bytes:
    """Return the bytes of a 101, which gets no further headers."""
    lines = [f"{name}: {value}".translate(LINE_ENDS) for name, value in (*response.headers, *response.own)]
    return "\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode("latin-1", "replace")


def json_response(status: int, content: object, headers: Headers = ()) -> Response:
    """Return a response with a JSON body."""
    return Response(status, (("Content-Type", "application/json"), *headers), msgspec.json.encode(content))
