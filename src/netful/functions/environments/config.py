"""The function URLs of a stack: from the template, with the API's changes (lambda §3.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import field

from netful.engine.authorization.function_urls import URL, is_public, target_of
from netful.engine.authorization.permissions import function_of
from netful.functions.code.versions import Revision
from netful.model.apis.cors import CorsConfiguration
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown, is_true, whole_number
from netful.model.functions.compute import qualified
from netful.model.names.generated.function_url import url_label


class Cors(CorsConfiguration):
    """Cross-origin settings of a function URL."""

    @classmethod
    def of(cls, written: object) -> Cors | None:
        """Return the settings in the template's or the API's format."""
        if not isinstance(written, Mapping):
            return None
        return cls(
            allow_origins=_texts(written.get("AllowOrigins")),
            allow_methods=tuple(method.upper() for method in _texts(written.get("AllowMethods"))),
            allow_headers=_texts(written.get("AllowHeaders")),
            expose_headers=_texts(written.get("ExposeHeaders")),
            allow_credentials=is_true(written.get("AllowCredentials")),
            max_age=whole_number(written.get("MaxAge"), 0),
        )

    def settings(self) -> dict[str, Any]:
        """Return the settings in the API's format."""
        settings = {
            "AllowOrigins": self.allow_origins, "AllowMethods": self.allow_methods,
            "AllowHeaders": self.allow_headers, "ExposeHeaders": self.expose_headers,
            "AllowCredentials": self.allow_credentials, "MaxAge": self.max_age,
        }  # fmt: skip
        return {name: value for name, value in settings.items() if value}


class FunctionUrl(Frozen):
    """A URL of a function, or of one of its aliases. `public`: a resource policy lets everybody invoke it."""

    id: str
    function_id: str
    qualifier: str = ""
    auth_type: str = "NONE"
    invoke_mode: str = "BUFFERED"
    cors: Cors | None = None
    public: bool = True
    revision: Revision = field(default_factory=Revision)

    def host(self, region: str) -> str:
        """Return the host of the URL."""
        return f"{self.id}.lambda-url.{region}.on.aws"

    @property
    def streams(self) -> bool:
        """Return whether a response is streamed."""
        return self.invoke_mode == "RESPONSE_STREAM"


def template_urls(cloud: Cloud) -> Iterator[FunctionUrl]:
    """Yield the URLs of the template."""
    for resource in cloud.template.resources.values():
        function_id = function_of(cloud, str(resource.properties.get("TargetFunctionArn")))
        if resource.type != URL or function_id not in cloud.compute.functions:
            continue
        written, target = resource.properties, target_of(resource)
        yield FunctionUrl(
            id=url_label(resource.id),
            function_id=function_id,
            qualifier="" if isinstance(target, Unknown) else qualified(target)[1],
            auth_type=str(written.get("AuthType")),
            invoke_mode=str(written.get("InvokeMode") or "BUFFERED"),
            cors=Cors.of(written.get("Cors")),
            public=is_public(cloud, resource) is True,
        )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
