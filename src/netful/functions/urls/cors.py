"""CORS of a function URL: preflights are answered without the function, other responses get headers."""

from netful.functions.api.protocol.message import Reply
from netful.functions.environments.config import Cors
from netful.functions.urls.event import UrlRequest

Headers = tuple[tuple[str, str], ...]


def preflight(cors: Cors | None, request: UrlRequest) -> Reply | None:
    """Return the response to a preflight; None for another request, or without a configuration."""
    asked = request.header("access-control-request-method")
    if cors is None or request.method != "OPTIONS" or not request.header("origin") or not asked:
        return None
    headers = _origin(cors, request)
    if headers:
        lists = {
            "Access-Control-Allow-Methods": ",".join(cors.allow_methods),
            "Access-Control-Allow-Headers": ",".join(cors.allow_headers),
            "Access-Control-Max-Age": str(cors.max_age) if cors.max_age else "",
        }
        headers = (*headers, *((name, value) for name, value in lists.items() if value))
    return Reply(200, headers=headers)


def headers_for(cors: Cors | None, request: UrlRequest) -> Headers:
    """Return the headers to add to the function's response."""
    if cors is None:
        return ()
    headers = _origin(cors, request)
    exposed = ",".join(cors.expose_headers)
    return (*headers, ("Access-Control-Expose-Headers", exposed)) if headers and exposed else headers


def _origin(cors: Cors, request: UrlRequest) -> Headers:
    origin = request.header("origin")
    if not origin or not any(_matches(pattern, origin) for pattern in cors.allow_origins):
        return ()
    allowed = "*" if "*" in cors.allow_origins and not cors.allow_credentials else origin
    headers: Headers = (("Access-Control-Allow-Origin", allowed), ("Vary", "Origin"))
    return (*headers, ("Access-Control-Allow-Credentials", "true")) if cors.allow_credentials else headers


def _matches(pattern: str, origin: str) -> bool:
    scheme, star, rest = pattern.partition("*")
    return pattern == origin or bool(star and origin.startswith(scheme) and origin.endswith(rest))
