"""URLs in texts that anybody may have written."""

from urllib.parse import SplitResult, urlsplit

_NONE = urlsplit("")


def url_parts(text: str) -> SplitResult:
    """Return the parts of a URL, all of them empty for a text that is not one.

    `urlsplit` refuses some texts, and others only when their port is read.
    """
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return _NONE
    return found


def host_of_url(text: str) -> str:
    """Return the host of a URL, whatever its port is; "" for a text that is not a URL."""
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""
