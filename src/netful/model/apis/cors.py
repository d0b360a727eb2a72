"""Cross-origin settings: `CorsConfiguration` of an HTTP API (spec: api-gateway §6.5), and `Cors` of a function URL."""

from netful.model.core import Frozen


class CorsConfiguration(Frozen):
    """The origins, methods and headers that are allowed; "*" is any. `max_age` in seconds."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age: int | None = None
