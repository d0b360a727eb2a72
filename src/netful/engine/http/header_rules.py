"""What becomes of an HTTP header on its way through an integration (api-gateway §5.3).

Some come back to the client under another name, `x-amzn-Remapped-…`: those that a response mapping sets, and those with
which a web server or a function answers a proxy.
"""

from __future__ import annotations

from netful.engine.http.headers import Headers

REMAPPED = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
    "proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
})  # fmt: skip
"""Set by a response mapping, they come back under another name."""

_NOT_MAPPABLE = frozenset({"content-length", "transfer-encoding"})
_NOT_MAPPABLE_TO_AWS = _NOT_MAPPABLE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}

_NOT_SENT = frozenset({"expect", "proxy-authenticate", "te", "via", "host", "transfer-encoding", "content-length"})
"""A mapping may name them, but a web server never sees them: the last three are the connection's own."""
_NOT_PROXIED = _NOT_SENT | {"content-encoding"}

_FROM_A_SERVER = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server", "user-agent",
    "www-authenticate", "x-amzn-requestid",
})  # fmt: skip
_NOT_RETURNED = frozenset({
    "expect", "host", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip


def fails(integration_type: str, name: str) -> bool:
    """Whether a request mapping to a header fails the call."""
    return name.lower() in (_NOT_MAPPABLE_TO_AWS if integration_type.startswith("AWS") else _NOT_MAPPABLE)


def returned_name(name: str) -> str:
    """The name under which a mapped header comes back to the client."""
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name


def sent(headers: Headers) -> Headers:
    """The headers that a web server gets of those that a mapping sets."""
    return tuple((name, value) for name, value in headers if name.lower() not in _NOT_SENT)


def proxied(headers: Headers) -> Headers:
    """The headers that a web server behind a proxy gets of the client's own."""
    return tuple((name, value) for name, value in headers if name.lower() not in _NOT_PROXIED)


def returned_by_function(headers: Headers) -> Headers:
    """The headers that a client of a REST API gets of those that a function's result has; its length is the gateway's own."""
    gone = _NOT_RETURNED | {"content-length"}
    return tuple((returned_name(name), value) for name, value in headers if name.lower() not in gone)


def returned(headers: Headers) -> Headers:
    """The headers that a client gets of those with which a web server answers a proxy of a REST API."""
    return tuple(
        (f"x-amzn-Remapped-{name}" if name.lower() in _FROM_A_SERVER else name, value)
        for name, value in headers
        if name.lower() not in _NOT_RETURNED
    )
