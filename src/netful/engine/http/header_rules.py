"""Treatment of HTTP headers on their way through an integration (api-gateway §5.3).

Some headers reach the client under another name, `x-amzn-Remapped-…`: those that a response mapping sets, and those in the
response of a web server or a function to a proxy integration.
"""

from netful.engine.http.headers import Headers

REMAPPED = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
    "proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
})  # fmt: skip
"""Headers that are renamed if a response mapping sets them."""

_NOT_MAPPABLE = frozenset({"content-length", "transfer-encoding"})
_NOT_MAPPABLE_TO_AWS = _NOT_MAPPABLE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}

_NOT_SENT = frozenset({"expect", "proxy-authenticate", "te", "via", "host", "transfer-encoding", "content-length"})
"""Headers that a mapping may set, but that never reach a web server: the last three belong to the connection."""
_NOT_PROXIED = _NOT_SENT | {"content-encoding"}

_FROM_A_SERVER = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server", "user-agent",
    "www-authenticate", "x-amzn-requestid",
})  # fmt: skip
_NOT_RETURNED = frozenset({
    "expect", "host", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip


def fails(integration_type: str, name: str) -> bool:
    """Return whether a request mapping to a header fails the call."""
    return name.lower() in (_NOT_MAPPABLE_TO_AWS if integration_type.startswith("AWS") else _NOT_MAPPABLE)


def returned_name(name: str) -> str:
    """Return the client's name for a mapped header of the response."""
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name


def sent(headers: Headers) -> Headers:
    """Return the headers that a web server receives, of those that a mapping sets."""
    return tuple((name, value) for name, value in headers if name.lower() not in _NOT_SENT)


def proxied(headers: Headers) -> Headers:
    """Return the headers that a web server behind a proxy integration receives, of the client's own."""
    return tuple((name, value) for name, value in headers if name.lower() not in _NOT_PROXIED)


def returned_by_function(headers: Headers) -> Headers:
    """Return the headers that a REST API's client receives, of a function's result; the gateway sets the length itself."""
    gone = _NOT_RETURNED | {"content-length"}
    return tuple((returned_name(name), value) for name, value in headers if name.lower() not in gone)


def returned(headers: Headers) -> Headers:
    """Return the headers that a REST API's client receives, of a web server's response to a proxy integration."""
    return tuple(
        (f"x-amzn-Remapped-{name}" if name.lower() in _FROM_A_SERVER else name, value)
        for name, value in headers
        if name.lower() not in _NOT_RETURNED
    )
