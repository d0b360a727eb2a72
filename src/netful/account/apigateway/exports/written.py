"""Exported documents as responses: JSON or YAML, with the names of their parts."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from netful.engine.names.api_names import host_of
from netful.model.apis.api import Api
from netful.model.cloud import Cloud
from netful.model.core import known_parts
from netful.services.http.message import Response

X = "x-amazon-apigateway-"
ANY = X + "any-method"
JSON, YAML = "application/json", "application/yaml"


def response(document: Mapping[str, Any], kind: str, name: str) -> Response:
    """Return the response with the known parts of a document; `kind` is its content type."""
    known = known_parts(document)
    if kind == YAML:
        text, suffix = yaml.safe_dump(known, sort_keys=False, explicit_start=True, allow_unicode=True), "yaml"
    else:
        text, suffix = json.dumps(known, indent=2, ensure_ascii=False), "json"
    headers = (("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{name}.{suffix}"'))
    return Response(200, headers, text.encode())


def method_key(http_method: str) -> str:
    """Return the key of a method in a path."""
    return ANY if http_method == "ANY" else http_method.lower()


def path_parameters(path: str) -> Iterable[str]:
    """Return the names of the variables in a path."""
    return (part[1:-1].rstrip("+") for part in path.split("/") if part.startswith("{") and part.endswith("}"))


def server(cloud: Cloud, api: Api, base_path: str) -> dict[str, Any]:
    """Return the server of OpenAPI 3 that a stage is."""
    variables = {"basePath": {"default": base_path}}
    return {"url": f"https://{host_of(cloud, api)}/{{basePath}}", "variables": variables}


def given(**members: Any) -> dict[str, Any]:
    """Return the members that are set."""
    return {name: value for name, value in members.items() if value not in (None, "", {}, [])}


def extensions(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return API Gateway's extensions by their names in documents, those that are set."""
    return {X + name: value for name, value in members.items() if value not in (None, "", {}, [])}
