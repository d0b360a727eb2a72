"""What an `Api` event says of its method: whose credentials call the function, parameters, model, validator, time."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam.making import is_plain, marked, members

_INTEGRATION = "x-amazon-apigateway-integration"
_VALIDATORS = "x-amazon-apigateway-request-validators"
_CALLER = "arn:aws:iam::*:user/*"
_PLACES = {"querystring": "query", "header": "header", "path": "path"}
_NAMES = {(True, True): "body-and-params", (True, False): "body-only", (False, True): "params-only"}


def describe(body: MarkedMap, operation: MarkedMap, event: MarkedMap, api_auth: Any) -> None:
    """Write what an event says into its operation."""
    integration = operation[_INTEGRATION]
    role = _role(event.get("Auth"), api_auth)
    if role is not None and integration.get("type") == "aws_proxy":
        integration.put("credentials", role)
    if event.get("TimeoutInMillis"):
        integration.put("timeoutInMillis", event["TimeoutInMillis"], event.lines["TimeoutInMillis"])
    if isinstance(event.get("RequestModel"), MarkedMap):
        _hold_to_model(body, operation, event["RequestModel"])
    for item in members(event.get("RequestParameters")):
        name, settings = next(iter(item.items())) if isinstance(item, MarkedMap) else (item, {})
        _declare(operation, str(name), settings, event)


def _role(auth: Any, api_auth: Any) -> Any:
    """Who invokes the function of a method of IAM authorization: the caller, unless a role is named, or none."""
    own = auth if isinstance(auth, MarkedMap) else {}
    general = api_auth if isinstance(api_auth, MarkedMap) else {}
    if own.get("Authorizer") != "AWS_IAM" and (own or general.get("DefaultAuthorizer") != "AWS_IAM"):
        return None
    named = [holder["InvokeRole"] for holder in (own, general) if "InvokeRole" in holder]
    role = named[0] if named else "CALLER_CREDENTIALS"
    return None if role in (None, "NONE") else _CALLER if role == "CALLER_CREDENTIALS" else role


def _hold_to_model(body: MarkedMap, operation: MarkedMap, model: MarkedMap) -> None:
    name = str(model.get("Model")).lower()  # as SAM writes it
    parameter = {"in": "body", "name": name, "schema": {"$ref": f"#/definitions/{name}"}}
    if model.get("Required") is not None:
        parameter["required"] = model["Required"]
    _parameters(operation, model).put(marked(parameter, model))
    if model.get("ValidateBody") is None and model.get("ValidateParameters") is None:
        return
    checks = model.get("ValidateBody") is True, model.get("ValidateParameters") is True
    validator = _NAMES.get(checks, "no-validation")
    if not isinstance(body.get(_VALIDATORS), MarkedMap):
        body.put(_VALIDATORS, MarkedMap(body.file, body.line))
    if validator not in body[_VALIDATORS]:
        written = {"validateRequestBody": checks[0], "validateRequestParameters": checks[1]}
        body[_VALIDATORS].put(validator, marked(written, model))
    operation.put("x-amazon-apigateway-request-validator", validator, model.line)


def _declare(operation: MarkedMap, name: str, settings: Any, like: MarkedMap) -> None:
    """Declare a parameter, `method.request.PLACE.NAME`, and let it be part of the cache's key where that is asked."""
    place, _, plain = name.removeprefix("method.request.").partition(".")
    known = settings if is_plain(settings) else {}
    parameter = {"in": _PLACES.get(place, place), "name": plain, "required": known.get("Required", False)}
    _parameters(operation, like).put(marked({**parameter, "type": "string"}, like))
    if known.get("Caching") is True:
        integration = operation[_INTEGRATION]
        held = [*members(integration.get("cacheKeyParameters")), name]
        integration.put("cacheKeyParameters", marked(held, like))


def _parameters(operation: MarkedMap, like: MarkedMap) -> MarkedList:
    held = operation.get("parameters")
    if not isinstance(held, MarkedList):
        held = MarkedList(like.file, like.line)
        operation.put("parameters", held)
    return held
