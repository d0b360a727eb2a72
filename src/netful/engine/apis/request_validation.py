"""Validation of a request (api-gateway §5.13): required parameters of its method, and a body that fits its model.

Rules:
1. Parameters come first; an empty one counts as missing.
2. The content type selects the model, else `$default`; a body of a type without a model is not checked, and a missing body
   counts as `{}`. The route of a WebSocket API has an expression, and a message without a model is wrong. A handshake has no body to
   check.
3. Models are JSON Schema, draft 4. One refers to another by its URL, or within an OpenAPI body by `#/definitions/…`.
4. A check that needs more than a turn ends with BeyondAllowanceError; apart, it only takes time.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

from netful.engine.apis.websocket_routes import CONNECT, DISCONNECT
from netful.engine.effort.allowance import Allowance, of_time
from netful.engine.effort.weight import pay_for
from netful.engine.integrations.integration_responses import JSON
from netful.engine.integrations.parameter_mapping import Message, evaluate
from netful.engine.integrations.selection_expressions import chosen, key_of
from netful.engine.patterns.spelling import PatternError
from netful.model.apis.api import Api, ApiRoute, RequestModel, RequestValidator, RestApi
from netful.model.core import Maybe, Unknown
from netful.model.json_texts import json_or

if TYPE_CHECKING:
    from netful.engine.models.validator import Validator

_DRAFT = "http://json-schema.org/draft-04/schema#"
_ERROR = {"title": "Error Schema", "type": "object", "properties": {"message": {"type": "string"}}}
DEFAULT_MODELS = {
    "Empty": RequestModel("Empty", JSON, {"$schema": _DRAFT, "title": "Empty Schema", "type": "object"}),
    "Error": RequestModel("Error", JSON, {"$schema": _DRAFT, **_ERROR}),
}
"""Models of every API."""
_NO_MODEL = RequestModel("", JSON, {"not": {}})
_UNKNOWN = RequestModel("that is not known", JSON, {})

BodyCheck: TypeAlias = Callable[[str, Allowance], str]
"""Returns the fault of a body, or ""."""

_SLOW = 30  # the check of a schema takes this many times the time of a copy


def missing(api: Api, route: ApiRoute, message: Message) -> list[str]:
    """Return the names of the required parameters that a request lacks, if its method's validator checks them."""
    validator = validator_of(api, route)
    if validator is None or not validator.validate_request_parameters:
        return []
    required = sorted(name for name, needed in route.request_parameters.items() if needed is True)
    return [name.rpartition(".")[2] for name in required if not evaluate(name, message)]


def model_for(api: Api, route: ApiRoute, content_type: str) -> RequestModel | None:
    """Return the model for a body of a type; None if its method's validator checks none."""
    validator = validator_of(api, route)
    if validator is None or not validator.validate_request_body:
        return None
    kind = content_type.partition(";")[0].strip().lower() or JSON
    by_type = {known.lower(): name for known, name in route.request_models.items()}
    return _named(api, by_type.get(kind, by_type.get("$default")))


def model_for_message(api: Api, route: ApiRoute, body: str) -> RequestModel | None:
    """Return the model for a message of a WebSocket API; None if its route checks none."""
    expression = route.model_selection_expression
    if not isinstance(expression, str) or route.path in (CONNECT, DISCONNECT):
        return None
    named = chosen(route.request_models, key_of(expression, Message(body=body)))
    return _NO_MODEL if named is None else _named(api, named)


def _named(api: Api, name: Maybe[str] | None) -> RequestModel | None:
    return (api.models.get(name) or DEFAULT_MODELS.get(name)) if isinstance(name, str) else None


def strictest(api: RestApi, route: ApiRoute) -> tuple[RestApi, ApiRoute]:
    """Return an API and its method in which values that are not known require as much of a request as they may."""
    validators = {str(route.request_validator_id): RequestValidator("", True, True)}  # noqa: FBT003  # its two checks
    if isinstance(route.request_validator_id, Unknown):
        api = replace(api, request_validators=validators)
    known_models = {
        kind: name if isinstance(name, str) else _UNKNOWN.name for kind, name in route.request_models.items()
    }
    required = {name: needed is not False for name, needed in route.request_parameters.items()}
    return (
        replace(api, models={**api.models, _UNKNOWN.name: _UNKNOWN}),
        replace(route, request_models=known_models, request_parameters=required),
    )


def validator_of(api: Api, route: ApiRoute) -> RequestValidator | None:
    """Return the validator of a method; None if it checks nothing."""
    validators = api.request_validators if isinstance(api, RestApi) else {}
    return validators.get(str(route.request_validator_id))


def body_check(models: Mapping[str, RequestModel], model: RequestModel, work: Allowance) -> BodyCheck:
    """Return the check of bodies by a model that may refer to others; an invalid model accepts every body."""
    from netful.engine.models.validator import compiled  # noqa: PLC0415  # jsonschema is large, and most APIs need none

    found = compiled(_reached({**DEFAULT_MODELS, **models}, model, work), _urn(model.name))
    return partial(_wrong, found) if found else lambda _body, _work: ""


def _reached(models: Mapping[str, RequestModel], model: RequestModel, work: Allowance) -> dict[str, Any]:
    """Return the schemas of a model and of those to which it refers, by their names in references."""
    by_urn = {_urn(name): one for name, one in models.items()} | {_urn(model.name): model}
    found: dict[str, Any] = {}
    waiting = [_urn(model.name)]
    while waiting:
        urn = waiting.pop()
        if urn not in found and urn in by_urn:
            pay_for(work, by_urn[urn].schema, times=_SLOW)
            found[urn] = _schema(by_urn[urn])
            waiting.extend(_references(found[urn]))
    return found


def _references(schema: Any) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
            if isinstance(one.get("$ref"), str):
                yield one["$ref"]
        elif isinstance(one, list):
            waiting.extend(one)


def wrong_apart(models: bytes, name: str, body: str) -> str:
    """Return the fault of a body by one of the pickled models, or ""; for a process apart."""
    return _check_apart(models, name)(body, of_time())


@lru_cache(maxsize=32)
def _check_apart(models: bytes, name: str) -> BodyCheck:
    known: Mapping[str, RequestModel] = pickle.loads(models)  # noqa: S301  # the gateway's own
    return body_check(known, known[name], of_time())


def _wrong(validator: Validator, body: str, work: Allowance) -> str:
    work.spend(len(body) >> 2)
    try:
        document = json.loads(body or "{}", parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        return f"the body is not JSON: {error}"
    try:
        return "; ".join(validator.faults(document, work))
    except RecursionError:
        return "the body is too deep"
    except PatternError:
        return ""


def _no_json(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _schema(model: RequestModel) -> Any:
    """Return a model's schema as plain JSON, in which every reference names a model."""
    return _plain(json_or(model.schema, {}) if isinstance(model.schema, str) else model.schema)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {str(key): _plain(item) for key, item in value.items() if not isinstance(item, Unknown)}
        if isinstance(kept.get("$ref"), str):
            kept["$ref"] = _urn(kept["$ref"].rpartition("/")[2])
        return {name: item for name, item in kept.items() if name not in {"$schema", "id"} or not isinstance(item, str)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _urn(name: str) -> str:
    return f"urn:model:{name}"
