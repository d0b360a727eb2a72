"""Cross-origin requests to HTTP APIs: the gateway responds to preflights itself and sets the headers (api-gateway §6.5).

Rules:
1. A preflight is OPTIONS with `Origin` and `Access-Control-Request-Method`. It needs no route, and no authorizer is called.
2. CORS headers of the back end are removed from its response.
3. For an origin that is not allowed, the response has no CORS headers; the browser then rejects it.
"""

from netful.engine.http.headers import Headers
from netful.model.apis.cors import CorsConfiguration

_OURS = "access-control-"
ANY = "*"


def is_preflight(method: str, origin: str, requested_method: str) -> bool:
    """Return whether a request is a CORS preflight."""
    return method == "OPTIONS" and bool(origin) and bool(requested_method)


def preflight_headers(cors: CorsConfiguration, origin: str) -> Headers:
    """Return the headers of the response to a preflight."""
    allowed = _origin(cors, origin)
    if not allowed:
        return ()
    lists = (
        ("access-control-allow-methods", cors.allow_methods),
        ("access-control-allow-headers", cors.allow_headers),
        ("access-control-expose-headers", cors.expose_headers),
    )
    age = ((_OURS + "max-age", str(cors.max_age)),) if cors.max_age is not None else ()
    return (*_allowed(cors, allowed), *((name, ",".join(values)) for name, values in lists if values), *age)


def answer_headers(cors: CorsConfiguration, origin: str, headers: Headers) -> Headers:
    """Return the headers of a response, with the API's CORS headers instead of the back end's."""
    own = tuple((name, value) for name, value in headers if not name.lower().startswith(_OURS))
    allowed = _origin(cors, origin)
    if not allowed:
        return own
    exposed = (("access-control-expose-headers", ",".join(cors.expose_headers)),) if cors.expose_headers else ()
    return (*own, *_allowed(cors, allowed), *exposed)


def _allowed(cors: CorsConfiguration, allowed: str) -> Headers:
    credentials = (("access-control-allow-credentials", "true"),) if cors.allow_credentials else ()
    return ((_OURS + "allow-origin", allowed), *credentials)


def _origin(cors: CorsConfiguration, origin: str) -> str:
    """Return the `allow-origin` for an origin: `*`, the origin, or "". `https://*` allows every origin of that scheme."""
    if not origin:
        return ""
    if ANY in cors.allow_origins:
        return ANY
    for allowed in cors.allow_origins:
        if allowed == origin or (allowed.endswith("://*") and origin.startswith(allowed[:-1])):
            return origin
    return ""
