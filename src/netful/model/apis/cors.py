"""Cross-origin settings of an HTTP API (`CorsConfiguration`) (spec: api-gateway §6.5)."""

from netful.model.core import Frozen


class CorsConfiguration(Frozen):
    """The origins, methods and headers that are allowed; "*" is any. `max_age` in seconds."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age: int | None = None
