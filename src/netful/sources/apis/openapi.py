"""An OpenAPI body (Swagger 2 or OpenAPI 3) with API Gateway's extensions → routes and the objects that they use.

A reference (`$ref: '#/…'`) to an integration or a parameter is followed within the body.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.apis.api import ApiRoute, Authorizer, GatewayResponse, MethodResponse, RequestModel, RequestValidator
from netful.model.apis.integration import Integration
from netful.model.core import Frozen, Maybe, Unknown
from netful.sources.apis import integrations, security
from netful.sources.apis.base_path import prefix
from netful.sources.apis.paths import DEFAULT_ROUTE, normal_path
from netful.sources.apis.values import flag_of, texts_in
from netful.sources.files.marked import MarkedMap
from netful.sources.template.reading import Reader, known_or

_JSON = "application/json"
_X = "x-amazon-apigateway-"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY = _X + "any-method"
_PLACES = {"header": "header", "query": "querystring", "path": "path"}


class Definition(Frozen, dict=True):
    """The contents of a body. `settings` are its extensions for the whole API, by their names without the prefix.

    `possible_routes` are those of path items and operations that are not known; `missing` is the reason why no path is known.
    """

    routes: tuple[ApiRoute, ...]
    authorizers: Mapping[str, Authorizer]
    request_validators: Mapping[str, RequestValidator]
    models: Mapping[str, RequestModel]
    gateway_responses: Mapping[str, GatewayResponse]
    settings: Reader
    possible_routes: tuple[ApiRoute, ...] = ()
    missing: Unknown | None = None


def definition(body: Reader, api_id: str, default_timeout: int, base_path: str = "ignore") -> Definition:
    """Return the contents of an API's body. `base_path` is the mode for its base path."""
    found, paths = security.schemes(body), body.get("paths")
    before = prefix(body, base_path)
    return Definition(
        routes=tuple(_routes(body, found, api_id, default_timeout, before)),
        authorizers=found.authorizers,
        request_validators=_validators(body),
        models=_models(body),
        gateway_responses=_gateway_responses(body),
        settings=_settings(body),
        possible_routes=tuple(_possible_routes(body, api_id, before)),
        missing=paths if isinstance(paths, Unknown) else None,
    )


def _routes(
    body: Reader, found: security.Schemes, api_id: str, default_timeout: int, before: str
) -> Iterator[ApiRoute]:
    for path, method, operation in _operations(body):
        beside = body.part("paths").part(path).get("parameters")
        yield _route(body, operation, beside, _place(path, method, before), found, api_id, default_timeout)


def _possible_routes(body: Reader, api_id: str, before: str) -> Iterator[ApiRoute]:
    """Yield the routes of path items and operations that are not known."""
    for path, item in body.part("paths").properties.items():
        operations = {_ANY: item} if isinstance(item, Unknown) else item if isinstance(item, MarkedMap) else {}
        for key in (*_METHODS, _ANY):
            if isinstance(unknown := operations.get(key), Unknown):
                method, place = _place(path, key, before)
                route_id = f"{api_id} {method} {place}"
                yield ApiRoute(route_id, method, place, integration=Integration(route_id, unknown))


def _place(path: str, key: str, before: str) -> tuple[str, str]:
    """Return the method and the path of an operation; the base path is before all but `$default`."""
    place = path if normal_path(path) == DEFAULT_ROUTE else before + path
    return "ANY" if key == _ANY else key.upper(), normal_path(place)


def _route(
    body: Reader,
    operation: Reader,
    beside: Any,
    place: tuple[str, str],
    found: security.Schemes,
    api_id: str,
    default_timeout: int,
) -> ApiRoute:
    method, path = place
    secured = security.secured(operation, body, found)
    route_id = f"{api_id} {method} {path}"
    written = _followed(body, operation.get(_X + "integration"))
    integration = None
    if isinstance(written, MarkedMap):
        reader = operation.within(written, written.origin)
        integration = integrations.integration(reader, integrations.OPENAPI, route_id, default_timeout)
    validator = operation.text(_X + "request-validator")
    declared = [beside, operation.get("parameters")]
    return ApiRoute(
        id=route_id,
        http_method=method,
        path=path,
        authorization_type=secured.authorization_type,
        authorizer_id=secured.authorizer_id,
        authorization_scopes=secured.scopes,
        api_key_required=secured.api_key_required,
        integration=integration,
        request_parameters=_parameters(body, declared),
        parameters_known=not any(map(_has_unknown, declared)) and all(_is_named(one) for one in _all(body, declared)),
        request_models=_request_models(body, operation),
        request_validator_id=validator if validator is not None else body.text(_X + "request-validator"),
        method_responses=tuple(MethodResponse(str(code)) for code in operation.part("responses").properties),
        resource_id=f"{api_id}.root" if path == "/" else f"{api_id} {path}",
        origin=operation.origin,
    )


def _followed(body: Reader, value: Any) -> Any:
    """Return the target of a `$ref` within the body, or the value itself."""
    reference = value.get("$ref") if isinstance(value, MarkedMap) else None
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return value
    target: Any = body.properties
    for key in reference.removeprefix("#/").split("/"):
        target = target.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(target, MarkedMap) else None
    return target


def _parameters(body: Reader, lists: list[Any]) -> dict[str, Maybe[bool]]:
    return {
        f"method.request.{_PLACES[place]}.{item.get('name')}": flag_of(item.get("required"))
        for item in _all(body, lists)
        if (place := str(item.get("in"))) in _PLACES
    }


def _all(body: Reader, lists: list[Any]) -> list[MarkedMap]:
    """Return the parameters of an operation, those of its path first."""
    return [item for items in lists for item in _mappings(body, items)]


def _is_named(parameter: MarkedMap) -> bool:
    return not any(isinstance(parameter.get(key), Unknown) for key in ("in", "name"))


def _has_unknown(items: Any) -> bool:
    """Return whether a list of parameters, or one in it, is not known."""
    return isinstance(items, Unknown) or (isinstance(items, list) and any(isinstance(item, Unknown) for item in items))


def _mappings(body: Reader, items: Any) -> list[MarkedMap]:
    """Return the mappings in a list, with references followed; other items do not concern a network."""
    followed = [_followed(body, item) for item in items] if isinstance(items, list) else []
    return [item for item in followed if isinstance(item, MarkedMap)]


def _request_models(body: Reader, operation: Reader) -> dict[str, Any]:
    """Return the models that validate bodies, by content type.

    A model's name is the one in its `$ref`, or the one given on import.
    """
    return {
        kind: schema["$ref"].rsplit("/", 1)[-1] if isinstance(schema.get("$ref"), str) else _name_of(schema)
        for kind, schema in _request_schemas(body, operation).items()
        if schema
    }


def _name_of(schema: MarkedMap) -> str:
    """Return the name that API Gateway generates for the model of an inline schema."""
    text = json.dumps(schema, sort_keys=True, default=str)
    return f"MODEL{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _request_schemas(body: Reader, operation: Reader) -> dict[str, MarkedMap]:
    """Return the schemas of an operation's body by content type."""
    content = _followed(body, operation.get("requestBody"))
    media = content.get("content") if isinstance(content, MarkedMap) else None
    written = media.items() if isinstance(media, MarkedMap) else ()
    schemas = {kind: item.get("schema") for kind, item in written if isinstance(item, MarkedMap)}
    for item in _mappings(body, operation.get("parameters")):
        if item.get("in") == "body":
            schemas[_JSON] = item.get("schema")
    return {kind: schema for kind, schema in schemas.items() if isinstance(schema, MarkedMap)}


def _validators(body: Reader) -> dict[str, RequestValidator]:
    found = {}
    for name, reader in _parts(body.part(_X + "request-validators")):
        checks_body = reader.flag("validateRequestBody", default=False)
        found[name] = RequestValidator(name, checks_body, reader.flag("validateRequestParameters", default=False))
    return found


def _parts(written: Reader) -> Iterator[tuple[str, Reader]]:
    """Yield the mappings in a mapping, by name."""
    return ((name, written.part(name)) for name, item in written.properties.items() if isinstance(item, MarkedMap))


def _models(body: Reader) -> dict[str, RequestModel]:
    holders = (body.part("definitions"), body.part("components").part("schemas"))
    named = {
        name: RequestModel(name, _JSON, schema) for holder in holders for name, schema in holder.properties.items()
    }
    return {**_unnamed_models(body), **named}


def _unnamed_models(body: Reader) -> dict[str, RequestModel]:
    """Return the models of inline schemas."""
    found = {}
    for _, _, operation in _operations(body):
        for kind, schema in _request_schemas(body, operation).items():
            if schema and "$ref" not in schema:
                found[_name_of(schema)] = RequestModel(_name_of(schema), kind, schema)
    return found


def _operations(body: Reader) -> Iterator[tuple[str, str, Reader]]:
    """Yield the operations that are known, each with its path and its method."""
    paths = body.part("paths")
    for path, item in paths.properties.items():
        for method in (*_METHODS, _ANY) if isinstance(item, MarkedMap) else ():
            if isinstance(item.get(method), MarkedMap):
                yield path, method, paths.part(path).part(method)


def _gateway_responses(body: Reader) -> dict[str, GatewayResponse]:
    return {
        kind: GatewayResponse(
            kind,
            known_or(reader.text("statusCode"), "") or None,
            texts_in(reader, "responseParameters"),
            texts_in(reader, "responseTemplates"),
        )
        for kind, reader in _parts(body.part(_X + "gateway-responses"))
    }


def _settings(body: Reader) -> Reader:
    """Return the extensions for the whole API; OpenAPI 3 has the endpoint's among its servers."""
    settings = MarkedMap(body.properties.file, body.properties.line)
    for name, value in body.properties.items():
        if name.startswith(_X) and value is not None:
            settings.put(name.removeprefix(_X), value, body.properties.lines.get(name, 0))
    servers = body.get("servers")
    for server in servers if isinstance(servers, list) else ():
        endpoint = server.get(_X + "endpoint-configuration") if isinstance(server, MarkedMap) else None
        if endpoint is not None and not isinstance(endpoint, Unknown):
            settings.put("endpoint-configuration", endpoint, server.lines[_X + "endpoint-configuration"])
    return body.within(settings, body.origin)
