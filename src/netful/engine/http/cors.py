"""Cross-origin requests to HTTP APIs: the gateway answers preflights itself and sets the headers (api-gateway §6.5).

Rules:
1. A preflight is OPTIONS with `Origin` and `Access-Control-Request-Method`. It needs no route, and nobody is asked.
2. What a back end says of other origins is taken out of its answer.
3. An origin that is not allowed gets an answer without the headers; the browser then refuses it.
"""

from __future__ import annotations

from netful.engine.http.headers import Headers
from netful.model.apis.cors import CorsConfiguration

_OURS = "access-control-"
ANY = "*"


def is_preflight(method: str, origin: str, requested_method: str) -> bool:
    """Whether a request asks what another one may do."""
    return method == "OPTIONS" and bool(origin) and bool(requested_method)


def preflight_headers(cors: CorsConfiguration, origin: str) -> Headers:
    """The headers that answer a preflight."""
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
    """The headers of an answer, with the API's own words on other origins instead of the back end's."""
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
    """What the API says of an origin: `*`, the origin, or nothing. `https://*` allows every origin of a scheme."""
    if not origin:
        return ""
    if ANY in cors.allow_origins:
        return ANY
    for allowed in cors.allow_origins:
        if allowed == origin or (allowed.endswith("://*") and origin.startswith(allowed[:-1])):
            return origin
    return ""
