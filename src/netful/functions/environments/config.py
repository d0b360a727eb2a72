"""The function URLs of a stack: from the template, and as the API changes them (lambda §3.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.functions.code.versions import Revision
from netful.model.cloud import Cloud
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource
from netful.model.names.function_url import url_label

_URL, _PERMISSION = "AWS::Lambda::Url", "AWS::Lambda::Permission"
_ACTIONS = frozenset({"lambda:InvokeFunctionUrl", "lambda:*", "*"})


@dataclass(frozen=True, slots=True)
class Cors:
    """Which other origins' pages may call, and what for."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age: int = 0

    @classmethod
    def of(cls, written: object) -> Cors | None:
        """From the template's or the API's words."""
        if not isinstance(written, Mapping):
            return None
        return cls(
            allow_origins=_texts(written.get("AllowOrigins")),
            allow_methods=tuple(method.upper() for method in _texts(written.get("AllowMethods"))),
            allow_headers=_texts(written.get("AllowHeaders")),
            expose_headers=_texts(written.get("ExposeHeaders")),
            allow_credentials=str(written.get("AllowCredentials")).lower() == "true",
            max_age=whole_number(written.get("MaxAge"), 0),
        )

    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        lists = {
            "AllowOrigins": self.allow_origins, "AllowMethods": self.allow_methods,
            "AllowHeaders": self.allow_headers, "ExposeHeaders": self.expose_headers,
        }  # fmt: skip
        told: dict[str, Any] = {name: [*values] for name, values in lists.items() if values}
        told |= {"AllowCredentials": True} if self.allow_credentials else {}
        return told | ({"MaxAge": self.max_age} if self.max_age else {})


@dataclass(frozen=True, slots=True)
class FunctionUrl:
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
        """The host that it answers on."""
        return f"{self.id}.lambda-url.{region}.on.aws"

    @property
    def streams(self) -> bool:
        """Whether a response is handed on as it comes."""
        return self.invoke_mode == "RESPONSE_STREAM"


def template_urls(cloud: Cloud) -> Iterator[FunctionUrl]:
    """The URLs that the template makes."""
    for resource in cloud.template.resources.values():
        function_id = _function(cloud, resource) if resource.type == _URL else None
        if function_id is None:
            continue
        written = resource.properties
        qualifier = str(written.get("Qualifier") or _qualifier(resource))
        yield FunctionUrl(
            id=url_label(resource.id),
            function_id=function_id,
            qualifier=qualifier,
            auth_type=str(written.get("AuthType")),
            invoke_mode=str(written.get("InvokeMode") or "BUFFERED"),
            cors=Cors.of(written.get("Cors")),
            public=_is_public(cloud, function_id),
        )


def _function(cloud: Cloud, resource: Resource) -> str | None:
    for name in ("TargetFunctionArn", "FunctionName"):
        named = str(resource.properties.get(name) or "")
        plain = named.partition(":function:")[2].partition(":")[0] or named
        for function in cloud.compute.functions.values():
            if plain in {function.id, function.function_name}:
                return function.id
    return None


def _qualifier(resource: Resource) -> str:
    """The alias that a URL's target names in its ARN."""
    return str(resource.properties.get("TargetFunctionArn") or "").partition(":function:")[2].partition(":")[2]


def _is_public(cloud: Cloud, function_id: str) -> bool:
    """Whether a permission of the template lets everybody invoke a function's URL."""
    for resource in cloud.template.resources.values():
        written = resource.properties
        if resource.type == _PERMISSION and _function(cloud, resource) == function_id:
            auth_type = str(written.get("FunctionUrlAuthType") or "NONE")
            if str(written.get("Principal")) == "*" and str(written.get("Action")) in _ACTIONS and auth_type == "NONE":
                return True
    return False


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
