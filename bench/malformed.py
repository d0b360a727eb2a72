"""Requests that no well-meaning client sends, drawn from a seed: for the tests and for `bench/abuse.py`.

`draw` gives the bytes of one connection: a request that was damaged, one that breaks a rule of HTTP on purpose, one that
keeps them all and asks for something absurd, or bytes that are no HTTP at all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

PATHS = (
    "/live/mock",
    "/live/fn/a/b",
    "/live/signed",
    "/live/keyed",
    "/live/checked",
    "/",
    "/live",
    "/live/nothing",
    "/@connections/x",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


def plain(
    host: bytes, path: bytes = b"/live/mock", method: bytes = b"GET", more: bytes = b"", body: bytes = b""
) -> bytes:
    """A request."""
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return b"%b %b HTTP/1.1\r\nHost: %b\r\n%b%b\r\n%b" % (method, path, host, more, length, body)


def broken_rules(host: bytes) -> dict[str, tuple[bytes, int]]:
    """Requests that break one rule each, and the status that refuses them."""
    head = b"POST /live/mock HTTP/1.1\r\nHost: %b\r\n" % host
    chunked = head + b"Transfer-Encoding: chunked\r\n"
    smuggled = plain(host, b"/smuggled")
    return {
        "length and coding": (chunked + b"Content-Length: 4\r\n\r\n0\r\n\r\n" + smuggled, 400),
        "coding and length": (head + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 400),
        "two lengths": (head + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + smuggled, 400),
        "one length twice": (head + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx" + smuggled, 400),
        "a list of lengths": (head + b"Content-Length: 1, 1\r\n\r\nx" + smuggled, 400),
        "a length with a sign": (head + b"Content-Length: +1\r\n\r\nx", 400),
        "a length in hex": (head + b"Content-Length: 0x1\r\n\r\nx", 400),
        "an empty length": (head + b"Content-Length:\r\n\r\n", 400),
        "a coding twice": (chunked + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        "another coding": (head + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        "a coding that looks like chunked": (head + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled, 501),
        "a coding behind a control character": (head + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", 400),
        "a coding in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        "a blank before the colon": (head + b"Content-Length : 4\r\n\r\nabcd", 400),
        "a folded header": (head + b"X: 1\r\n Content-Length: 4\r\n\r\nabcd", 400),
        "a folded first header": (b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400),
        "lines that end with LF": (b"GET /live/mock HTTP/1.1\nHost: %b\n\n" % host, 400),
        "a header that ends with LF": (b"GET /live/mock HTTP/1.1\r\nHost: %b\nX: y\r\n\r\n" % host, 400),
        "a header that ends with CR": (b"GET /live/mock HTTP/1.1\r\nHost: %b\rX: y\r\n\r\n" % host, 400),
        "a nul in a header": (head + b"X: \0\r\n\r\n", 400),
        "a header without a colon": (head + b"X\r\n\r\n", 400),
        "a header without a name": (head + b": x\r\n\r\n", 400),
        "a chunk that is no number": (chunked + b"\r\nzz\r\n", 400),
        "a chunk with a sign": (chunked + b"\r\n-1\r\n", 400),
        "a chunk with a prefix": (chunked + b"\r\n0x1\r\nx\r\n0\r\n\r\n", 400),
        "a chunk that is longer than it says": (chunked + b"\r\n2\r\nxyz\r\n0\r\n\r\n", 400),
        "a chunk without an end": (chunked + b"\r\n1\r\nx0\r\n\r\n", 400),
        "a chunk that ends with LF": (chunked + b"\r\n1\nx\r\n0\r\n\r\n", 400),
        "a chunk of no size there is": (chunked + b"\r\nfffffffffffffffff\r\n", 400),
        "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
        "two hosts": (head + b"Host: other.example.com\r\n\r\n", 400),
        "a host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        "a host with a blank": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        "a host with a user": (b"GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", 400),
        "a host with a port that is none": (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        "a host of other letters": (b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", 400),
        "a proxy's request": (b"CONNECT %b:443 HTTP/1.1\r\nHost: %b:443\r\n\r\n" % (host, host), 501),
        "a proxy's request with a path": (b"CONNECT /live/mock HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 501),
        "a URL of another scheme": (b"GET ftp://%b/ HTTP/1.1\r\nHost: %b\r\n\r\n" % (host, host), 400),
        "a URL without a host": (b"GET http://a b/ HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "a target that is a star": (b"GET * HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "a target with a fragment": (b"GET /live/mock#x HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "a target with a blank": (b"GET /live/mock x HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "a target of other letters": (b"GET /\xc3\xa4 HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "an old version": (b"GET / HTTP/0.9\r\nHost: %b\r\n\r\n" % host, 505),
        "a new version": (b"GET / HTTP/2.0\r\nHost: %b\r\n\r\n" % host, 505),
        "no version there is": (b"GET / HTTP/1.7\r\nHost: %b\r\n\r\n" % host, 400),
        "another method": (b"FROB / HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400),
        "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x07" * 60, 400),
        "no HTTP": (b"hello\r\n\r\n", 400),
    }  # fmt: skip


def draw(rng: random.Random, hosts: Sequence[bytes]) -> bytes:
    """The bytes of one connection."""
    host = rng.choice(hosts)
    return rng.choice(_KINDS)(rng, host)


def _damaged(rng: random.Random, host: bytes) -> bytes:
    data = bytearray(_absurd(rng, host))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data))
        match rng.randrange(5):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randint(1, 8)]
            case 2:
                data[at:at] = rng.choice((b"\r\n", b"\n", b"\0", b": ", b" ", b"\xff", b"%", rng.randbytes(4)))
            case 3:
                data[at:at] = data[at : at + rng.randint(1, 60)]
            case _:
                del data[at:]
        if not data:
            return b"\r\n"
    return bytes(data)


def _breaking(rng: random.Random, host: bytes) -> bytes:
    return rng.choice([*broken_rules(host).values()])[0]


def _noise(rng: random.Random, _host: bytes) -> bytes:
    first = rng.choice((b"", b"\x16\x03\x01", b"GET ", b"\x80", b"\0\0\0"))
    return first + rng.randbytes(rng.randint(1, 200))


def _absurd(rng: random.Random, host: bytes) -> bytes:
    """A request in order, with values that nobody expects."""
    path = rng.choice(PATHS) + rng.choice(_TAILS)
    headers = [f"{name}: {rng.choice(values)}\r\n" for name, values in rng.sample(_HEADERS, rng.randint(0, 4))]
    body = rng.choice(_BODIES)
    more = "".join(headers).encode()
    return plain(host, path.encode(), rng.choice(METHODS).encode(), more, body)


_KINDS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_damaged, _damaged, _breaking, _noise, _absurd)
_TAILS = (
    "", "/", "//", "/..", "/%2e%2e/%2e%2e", "/%", "/%zz", "/%00", "/%ff%fe", "/%c0%af", "?", "?a", "?a=b&a=c&&=&=x", "?%=%",
    "?a=%ff", "?a[]=1", "?" + "x=1&" * 300, "/" + "a/" * 300, "/;x=1", "/{p}", "/${p}", "?X-Amz-Credential=AKIA%2F&X-Amz-Date=0",
    "?X-Amz-Signature=0&X-Amz-Algorithm=AWS4-HMAC-SHA256", "/~!$&'()*+,=:@",
)  # fmt: skip
_HEADERS: list[tuple[str, tuple[str, ...]]] = [
    ("Content-Type", ("application/json", "application/json; charset=nonsense", "text/xml", ";", "a/b/c", "multipart/form-data; boundary=")),
    ("Accept", ("*/*", "application/json;q=x", ",,,", "image/*")),
    ("Accept-Encoding", ("gzip", "gzip;q=0", "br, deflate;q=2", "identity;q=0, *;q=0")),
    ("Content-Encoding", ("gzip", "deflate", "gzip, gzip", "zstd")),
    ("Authorization", ("Bearer x", "Bearer eyJ.eyJ.x", "AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256 Credential=ASIA0123456789ABCDEF/20250101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0", "Basic =", "x")),
    ("X-Amz-Date", ("20250101T000000Z", "x", "99999999T999999Z")),
    ("X-Amz-Security-Token", ("x", "")),
    ("x-api-key", ("x", "", "k" * 500)),
    ("x-apigw-api-id", ("Api", "nothing", "../..", "")),
    ("X-HTTP-Method-Override", ("GET", "CONNECT", "", "a b")),
    ("X-Amzn-Trace-Id", ("Root=1-2-3", "=", "Root=;Self=;;", "x" * 300)),
    ("X-Forwarded-For", ("1.1.1.1", "x", "::1, ,")),
    ("Cache-Control", ("max-age=0", "no-cache", "=,=")),
    ("Cookie", ("a=b; c", ";;;=", "x" * 1000)),
    ("Origin", ("https://example.com", "null", "x")),
    ("Access-Control-Request-Method", ("PUT", "x y")),
    ("Range", ("bytes=0-", "bytes=9-1")),
    ("Expect", ("100-continue", "something")),
    ("Upgrade", ("websocket", "h2c")),
    ("Connection", ("upgrade", "close", "keep-alive, upgrade", "Host")),
    ("Sec-WebSocket-Key", ("x", "dGhlIHNhbXBsZSBub25jZQ==")),
    ("X-Big", ("y" * 9000, "y" * 20000)),
]  # fmt: skip
_BODIES = (
    b"", b"", b"{}", b"{", b"[]", b"null", b'{"a": 1}', b'{"a": "\xff"}', b'{"a": ' + b"[" * 200, b"\x1f\x8b\x08\0", b"a=b",
    b'{"a": 1e999999}', b'{"a": "\\ud800"}', b"\xff" * 50, b"x" * 3000, b'{"a": 1, "a": 2}',
)  # fmt: skip
