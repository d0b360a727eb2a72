"""What becomes of an HTTP header on its way through an integration (api-gateway §5.3)."""

from __future__ import annotations

REMAPPED = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
    "proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
})  # fmt: skip
"""Set by a mapping, or sent by a back end: they come back under another name."""

NOT_MAPPABLE = frozenset({"content-length", "transfer-encoding"})
"""A request mapping to one of these fails the call, whatever the integration."""

NOT_MAPPABLE_TO_AWS = NOT_MAPPABLE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}

NOT_SENT_BY_PROXY = frozenset({"content-encoding", "host", "via"})
"""Beside those that are dropped of every request, what HTTP_PROXY does not hand on."""

REMAPPED_BY_PROXY = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server", "user-agent",
    "www-authenticate", "x-amzn-requestid",
})  # fmt: skip
DROPPED_BY_PROXY = frozenset({
    "expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip


def returned_name(name: str) -> str:
    """The name under which a mapped header comes back to the client."""
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name


def proxied_name(name: str) -> str | None:
    """The name under which a header of an HTTP_PROXY back end comes back; None where it does not."""
    if name.lower() in DROPPED_BY_PROXY:
        return None
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED_BY_PROXY else name


def fails(integration_type: str, name: str) -> bool:
    """Whether a request mapping to a header fails the call."""
    refused = NOT_MAPPABLE_TO_AWS if integration_type in ("AWS", "AWS_PROXY") else NOT_MAPPABLE
    return name.lower() in refused
