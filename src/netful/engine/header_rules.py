"""What becomes of an HTTP header on its way through an integration (api-gateway §5.3)."""

from __future__ import annotations

REMAPPED = frozenset({
    "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
    "proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
})  # fmt: skip
"""Set by a response mapping, they come back under another name."""


def returned_name(name: str) -> str:
    """The name under which a mapped header comes back to the client."""
    return f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name
