"""Cross-origin settings of an HTTP API: a property of the resource, or an extension of its body."""

from netful.model.apis.cors import CorsConfiguration
from netful.sources.template.reading import Reader

_OF_RESOURCE = ("AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "AllowCredentials", "MaxAge")
_OF_BODY = ("allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "allowCredentials", "maxAge")


def of_resource(reader: Reader) -> CorsConfiguration | None:
    """Return `CorsConfiguration` of an API."""
    return _read(reader.part("CorsConfiguration"), _OF_RESOURCE) if reader.has("CorsConfiguration") else None


def of_body(settings: Reader) -> CorsConfiguration | None:
    """Return `x-amazon-apigateway-cors` of a body; `true` allows everything."""
    if settings.get("cors") is True:
        return CorsConfiguration(("*",), ("*",), ("*",))
    return _read(settings.part("cors"), _OF_BODY) if settings.has("cors") else None


def _read(reader: Reader, names: tuple[str, ...]) -> CorsConfiguration:
    origins, methods, headers, exposed, credentials, age = names
    seconds = reader.number(age)
    return CorsConfiguration(
        allow_origins=_texts(reader, origins),
        allow_methods=_texts(reader, methods),
        allow_headers=_texts(reader, headers),
        expose_headers=_texts(reader, exposed),
        allow_credentials=reader.flag(credentials, default=False),
        max_age=seconds if isinstance(seconds, int) else None,
    )


def _texts(reader: Reader, name: str) -> tuple[str, ...]:
    return tuple(value for value in reader.known_texts(name) if isinstance(value, str))
