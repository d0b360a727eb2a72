"""What becomes of an HTTP header on its way through an integration (api-gateway §5.3)."""

from __future__ import annotations

REMAPPED = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
    "proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
})  # fmt: skip
"""Set by a response mapping, they come back under another name."""


_NOT_MAPPABLE = frozenset({"content-length", "transfer-encoding"})
_NOT_MAPPABLE_TO_AWS = _NOT_MAPPABLE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}


def fails(integration_type: str, name: str) -> bool:
    """Whether a request mapping to a header fails the call."""
    return name.lower() in (_NOT_MAPPABLE_TO_AWS if integration_type.startswith("AWS") else _NOT_MAPPABLE)


def returned_name(name: str) -> str:
    """The name under which a mapped header comes back to the client."""
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name
