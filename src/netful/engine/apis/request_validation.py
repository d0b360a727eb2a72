"""Validation of a request (api-gateway §5.13): required parameters of its method, and a body that fits its model.

Rules:
1. Parameters come first; an empty one counts as missing.
2. The content type selects the model; a body of a type without a model is not checked, and a missing body counts as `{}`.
3. Models are JSON Schema, draft 4. One refers to another by its URL, or within an OpenAPI body by `#/definitions/…`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4

from netful.engine.integrations.integration_responses import JSON
from netful.engine.integrations.parameter_mapping import Message, evaluate
from netful.model.apis.api import Api, ApiRoute, RequestModel, RequestValidator, RestApi
from netful.model.core.unknown import Unknown

_DRAFT = "http://json-schema.org/draft-04/schema#"
_ERROR = {"title": "Error Schema", "type": "object", "properties": {"message": {"type": "string"}}}
DEFAULT_MODELS = {
    "Empty": RequestModel("Empty", JSON, {"$schema": _DRAFT, "title": "Empty Schema", "type": "object"}),
    "Error": RequestModel("Error", JSON, {"$schema": _DRAFT, **_ERROR}),
}
"""Models of every API."""

BodyCheck: TypeAlias = Callable[[str], str]
"""Returns the fault of a body, or ""."""


def missing(api: Api, route: ApiRoute, message: Message) -> list[str]:
    """Return the names of the required parameters that a request lacks, if its method's validator checks them."""
    validator = validator_of(api, route)
    if validator is None or not validator.validate_request_parameters:
        return []
    required = sorted(name for name, needed in route.request_parameters.items() if needed)
    return [name.rpartition(".")[2] for name in required if not evaluate(name, message)]


def model_for(api: Api, route: ApiRoute, content_type: str) -> RequestModel | None:
    """Return the model for a body of a type; None if its method's validator checks none."""
    validator = validator_of(api, route)
    if validator is None or not validator.validate_request_body or not isinstance(api, RestApi):
        return None
    kind = content_type.partition(";")[0].strip().lower() or JSON
    named = next((name for known, name in route.request_models.items() if known.lower() == kind), None)
    return (api.models.get(named) or DEFAULT_MODELS.get(named)) if isinstance(named, str) else None


def validator_of(api: Api, route: ApiRoute) -> RequestValidator | None:
    """Return the validator of a method; None if it checks nothing."""
    validators = api.request_validators if isinstance(api, RestApi) else {}
    return validators.get(str(route.request_validator_id))


def body_check(api: RestApi, model: RequestModel) -> BodyCheck:
    """Return the check of bodies by a model; an invalid model accepts every body."""
    models = {**DEFAULT_MODELS, **api.models}
    resources = [(_urn(name), DRAFT4.create_resource(_schema(known))) for name, known in models.items()]
    registry: Any = Registry().with_resources(resources)
    schema = _schema(model)
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError:
        return lambda _body: ""
    validator = Draft4Validator(schema, registry=registry)
    return lambda body: _wrong(validator, body)


def _wrong(validator: Draft4Validator, body: str) -> str:
    try:
        document = json.loads(body or "{}")
        return "; ".join(sorted(error.message for error in validator.iter_errors(document)))
    except (ValueError, RecursionError) as error:
        return f"the body is not JSON: {error}"
    except Unresolvable:
        return ""


def _schema(model: RequestModel) -> Any:
    """Return a model's schema as plain JSON, in which every reference names a model."""
    schema = model.schema
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except ValueError:
            schema = {}
    return _plain(schema)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {str(key): _plain(item) for key, item in value.items() if not isinstance(item, Unknown)}
        if isinstance(kept.get("$ref"), str):
            kept["$ref"] = _urn(kept["$ref"].rpartition("/")[2])
        return {name: item for name, item in kept.items() if name not in {"$schema", "id"} or not isinstance(item, str)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _urn(name: str) -> str:
    return f"urn:model:{name}"
