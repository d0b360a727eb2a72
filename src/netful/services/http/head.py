"""Requests from bytes: callbacks of the C parser that check the limits, and the rules that the parser does not check.

| rejected | RFC 9112 |
|---|---|
| a Host that is missing from HTTP/1.1, repeated or invalid; a target that is neither a path nor a URL | §3.2 |
| a length together with a transfer coding; any coding but `chunked`, or one in HTTP/1.0 | §6.1, §6.3 |
| CONNECT, which is for proxies; HTTP/0.9 and HTTP/2 | §2.3, §3.2.3 |
| a target, head or body that is too long; more trailers and chunk extensions than a head may have | §2.2, §7.1 |

A rejection ends the connection, because the start of the next request is not known. A client sends almost the same head
repeatedly on a connection, so the result for the last head is kept, and the last request itself where its bytes came alone: the
same bytes again are the same request. Trailers are not part of any head (§7.1.2).
"""

import re
from collections.abc import Callable
from enum import Enum, auto

import httptools

from netful.model.core import Frozen, whole_number
from netful.services.http.limits import Limits
from netful.services.http.message import ClientConnection, Headers, Request, first_values

_Raw = list[tuple[bytes, bytes]]

_AUTHORITY = r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?"
HOST = re.compile(rf"\s*{_AUTHORITY}\s*")
_URL = re.compile(rf"(?i:https?)://(?:[^/?#@\s]*@)?{_AUTHORITY}(?:[/?][^#]*)?".encode())
_VERSIONS = frozenset({"1.0", "1.1"})
_REPEATED = 2048  # bytes of a request that is kept for its repetition
_CHUNK_FRAME = 16  # bytes that a chunk's frame may take for each byte of its content


class Stage(Enum):
    """Progress of the request that is being read."""

    BETWEEN = auto()
    HEAD = auto()
    BODY = auto()


_BETWEEN, _IN_HEAD, _IN_BODY = Stage  # looking up a member of an Enum costs more than a name


class RefusedError(Exception):
    """A request that must not be answered; `status` is that of the rejection."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Head(Frozen):
    """The fields of a valid head."""

    version: str
    headers: Headers
    first: dict[str, str]
    expects: bool


class RequestReader:
    """Reader that feeds bytes to the parser and passes on each complete request, and whether the connection stays open.

    `on_expect` is called when a client waits for `100 Continue` before it sends a body.
    """

    def __init__(
        self,
        connection: ClientConnection,
        limits: Limits,
        on_request: Callable[[Request, bool], None],
        on_expect: Callable[[], None],
    ) -> None:
        self.stage = _BETWEEN
        self._connection = connection
        self._limits = limits
        self._on_request = on_request
        self._on_expect = on_expect
        self._parser = httptools.HttpRequestParser(self)
        self._refusal: RefusedError | None = None
        self._again = b""
        self._repeated: tuple[bytes, Request] | None = None
        self._complete: list[Request] = []
        self._seen = -1
        self._last: _Raw = []
        self._head = _Head("", (), {}, expects=False)
        self.on_message_begin()
        self.stage = _BETWEEN

    def feed(self, data: bytes) -> None:
        """Read bytes. Raise RefusedError for an invalid request."""
        repeated = self._repeated
        if repeated is not None and repeated[0] == data:
            self._on_request(repeated[1], True)  # noqa: FBT003  # only such requests are kept
            return
        self._repeated = None
        began, self._complete = self.stage, []
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # The client requests another protocol, which a server may ignore. Without a body, the following bytes are not HTTP.
            if self._again:
                head, self._again = self._again, b""
                self._parser = httptools.HttpRequestParser(self)
                self.feed(head + data[upgrade.args[0] :])
            return
        except httptools.HttpParserError as error:
            raise self._refusal or RefusedError(400, "malformed request") from error
        if self.stage is _IN_HEAD:
            self._count_head(len(data))
        elif self.stage is _IN_BODY:
            self._count_frames(len(data))
        elif began is _BETWEEN and len(self._complete) == 1 and len(data) <= _REPEATED:
            self._repeated = data, self._complete[0]

    @property
    def body_left(self) -> int:
        """Return the bytes of the body that are still to come; 0 without a Content-Length."""
        if self.stage is not _IN_BODY:
            return 0
        return max(whole_number(self._head.first.get("content-length"), 0) - self._body_size, 0)

    def end(self) -> None:
        """Stop reading, and break reference cycles that would wait for the garbage collector."""
        self._repeated, self._complete = None, []
        del self._parser, self._on_request, self._on_expect, self._refusal

    def _refuse(self, status: int, reason: str) -> RefusedError:
        self._refusal = RefusedError(status, reason)
        return self._refusal

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > self._limits.head:
            raise self._refuse(431, "request head too large")

    def _count_frames(self, size: int) -> None:
        """Count the bytes of a body that are not content. Bytes that came together with the head are not counted."""
        if self._seen >= 0:
            self._frames += size - (self._body_size - self._seen)
        self._seen = self._body_size
        if self._frames > self._limits.head + _CHUNK_FRAME * self._body_size:
            raise self._refuse(431, "too much data besides the body's content")

    def on_message_begin(self) -> None:
        """Start a request."""
        self.stage = _IN_HEAD
        self._target = b""
        self._raw: _Raw = []
        self._body: list[bytes] = []
        self._head_size = 0
        self._body_size = 0
        self._trailers = 0
        self._frames = 0
        self._seen = -1

    def on_url(self, url: bytes) -> None:
        """Add a part of the request line's target."""
        self._target += url
        if len(self._target) > self._limits.target:
            raise self._refuse(414, "request target too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add one header field; a trailer is counted and ignored."""
        if not name:
            return
        if self.stage is _IN_BODY:
            self._trailers += 1
            if self._trailers > self._limits.header_count:
                raise self._refuse(431, "too many trailers")
            return
        self._raw.append((name, value))
        if len(self._raw) > self._limits.header_count:
            raise self._refuse(431, "too many header fields")

    def on_headers_complete(self) -> None:
        """Check the complete head, and let a waiting client continue."""
        self._head_size = 0  # the bytes counted so far also included a part of the body
        self.stage = _IN_BODY
        if self._target[:1] != b"/" or b"#" in self._target:
            self._judge_target()
        if self._raw != self._last or self._head.version != "1.1":  # a connection that began with 1.1 stays with it
            self._head = self._judged(self._parser.get_http_version())
            self._last = self._raw
        if self._head.expects and not self._parser.should_upgrade():
            self._on_expect()

    def _judge_target(self) -> None:
        method = self._parser.get_method()
        if method == b"CONNECT":
            raise self._refuse(501, "this server is not a proxy")
        if not (_URL.fullmatch(self._target) or (self._target == b"*" and method == b"OPTIONS")):
            raise self._refuse(400, "the request target is neither a path nor a URL")

    def _judged(self, version: str) -> _Head:
        self._count_head(sum(len(name) + len(value) + 4 for name, value in self._raw))
        if version not in _VERSIONS:
            raise self._refuse(505, "this server speaks HTTP/1.1")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._raw)
        names = [name.lower() for name, _ in headers]
        if names.count("host") > 1 or (version == "1.1" and "host" not in names):
            raise self._refuse(400, "a request must have one Host")
        first = first_values(headers)
        if not HOST.fullmatch(first.get("host", "")):
            raise self._refuse(400, "invalid Host")
        if "transfer-encoding" in names:
            self._judge_coding(version, names, first["transfer-encoding"])
        if whole_number(first.get("content-length"), 0) > self._limits.body:
            raise self._refuse(413, "request body too large")
        expects = any(
            n == "expect" and value.lower() == "100-continue" for n, (_, value) in zip(names, headers, strict=True)
        )
        return _Head(version, headers, first, expects=expects)

    def _judge_coding(self, version: str, names: list[str], coding: str) -> None:
        if "content-length" in names:
            raise self._refuse(400, "a request has a length or a transfer coding, not both")
        if version != "1.1" or names.count("transfer-encoding") > 1:
            raise self._refuse(400, "a transfer coding may occur only once, and only in HTTP/1.1")
        if coding.strip().lower() != "chunked":
            raise self._refuse(501, "the only supported transfer coding is chunked")

    def on_body(self, body: bytes) -> None:
        """Add a part of the body."""
        self._body_size += len(body)
        if self._body_size > self._limits.body:
            raise self._refuse(413, "request body too large")
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Pass on the complete request."""
        self.stage = _BETWEEN
        head, parser = self._head, self._parser
        upgrade = parser.should_upgrade()
        if upgrade and self._has_body_beside_upgrade(head):
            return
        request = Request(
            parser.get_method().decode("ascii"),
            self._target.decode("latin-1"),
            head.headers,
            b"".join(self._body) if self._body else b"",
            self._connection,
            head.version,
        )
        keep_alive = parser.should_keep_alive() and not upgrade
        if keep_alive:
            self._complete.append(request)
        self._on_request(request.knowing(head.first), keep_alive)

    def _has_body_beside_upgrade(self, head: _Head) -> bool:
        """Return whether a body follows a request for another protocol.

        The parser skips such a body, so the head is read again without the `Upgrade` header.
        """
        method = self._parser.get_method()
        if method == b"CONNECT":
            raise self._refuse(501, "this server is not a proxy")
        if head.first.get("content-length", "0") == "0" and "transfer-encoding" not in head.first:
            return False
        kept = b"".join(b"%b: %b\r\n" % pair for pair in self._raw if pair[0].lower() != b"upgrade")
        self._again = b"%b %b HTTP/1.1\r\n%b\r\n" % (method, self._target, kept)
        return True
