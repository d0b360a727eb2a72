"""`Cors` of a REST API: an OPTIONS method of a mock integration for each path that has none."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam.making import ANY, METHODS, is_plain, marked

_HEADER = "method.response.header.Access-Control-"
_EVERYTHING = "'*'"
_ALL = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_GIVEN = {"Allow-Headers": "AllowHeaders", "Max-Age": "MaxAge"}


def answer(body: MarkedMap, cors: Any) -> None:
    """Add the methods that answer preflights."""
    seen: set[str] = set()
    paths = body.get("paths")
    for path, item in paths.items() if isinstance(paths, MarkedMap) else ():
        normal = path.rstrip("/") or path  # a trailing slash makes no other resource
        if isinstance(item, MarkedMap) and normal not in seen and "options" not in item:
            item.put("options", marked(_operation(_headers(cors, item)), body))
        seen.add(normal)


def _headers(cors: Any, item: MarkedMap) -> dict[str, Any]:
    """The headers of the answer: a text or a reference in the place of settings is the origin alone."""
    settings = cors if is_plain(cors) else {"AllowOrigin": cors}
    headers = {"Allow-Methods": settings.get("AllowMethods") or _methods(item)}
    headers["Allow-Origin"] = settings.get("AllowOrigin") or _EVERYTHING
    headers |= {name: settings[given] for name, given in _GIVEN.items() if settings.get(given)}
    return headers | ({"Allow-Credentials": "'true'"} if settings.get("AllowCredentials") is True else {})


def _methods(item: MarkedMap) -> str:
    methods = _ALL if ANY in item else sorted({name.upper() for name in item if name in METHODS} | {"OPTIONS"})
    return f"'{','.join(methods)}'"


def _operation(headers: dict[str, Any]) -> dict[str, Any]:
    response = {
        "statusCode": "200",
        "responseParameters": {_HEADER + name: value for name, value in headers.items()},
        "responseTemplates": {"application/json": "{}\n"},
    }
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{\n  "statusCode" : 200\n}\n'},
        "responses": {"default": response},
    }
    return {"x-amazon-apigateway-integration": integration, "responses": {"200": {}}}
