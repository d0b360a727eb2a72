"""ExportApi: what a stage of an HTTP API serves, or its latest configuration, as OpenAPI 3."""

import time
from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.exports.written import (
    JSON,
    YAML,
    extensions,
    given,
    method_key,
    path_parameters,
    response,
    server,
)
from netful.account.apigateway.http import entries
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site
from netful.account.apigateway.operations.representation import written
from netful.model.apis.api import ApiRoute, Authorizer, HttpApi, Protocol
from netful.model.cloud import Cloud
from netful.model.core import known_parts
from netful.services.http.message import Response
from netful.sources.apis.paths import DEFAULT_ROUTE

_KINDS = {"JSON": JSON, "YAML": YAML}
_VERSION = {"importexport-version": "1.0"}
_RENAMED = {
    "integrationMethod": "httpMethod", "integrationUri": "uri", "integrationType": "type", "credentialsArn": "credentials",
    "authorizerCredentialsArn": "authorizerCredentials", "authorizerType": "type",
}  # fmt: skip
"""Members of answers that have another name in documents."""
_LEFT_OUT = ("integrationId", "apiGatewayManaged", "authorizerId", "name")


def _export_api(site: Site, wanted: OperationRequest) -> Response:
    cloud = site.cloud
    api = lookups.http_api(cloud, wanted)
    kind = _KINDS.get(wanted.one("outputType"))
    if api.protocol is not Protocol.HTTP:
        raise bad_request("ExportApi is only supported for HTTP APIs")
    if wanted.names["specification"] != "OAS30" or kind is None:
        raise bad_request("Invalid specification or output type specified. Must be OAS30 and one of: [JSON, YAML]")
    if wanted.one("exportVersion") not in ("", "1.0"):
        raise bad_request("Invalid export version specified. Must be one of: [1.0]")
    extended = wanted.one("includeExtensions").lower() != "false"
    name = wanted.one("stageName")
    served, servers = api, {}
    if name:
        stage = lookups.stage(cloud, wanted.naming(stage=name), api)
        found = cloud.apis.deployed_apis.get(str(stage.deployment_id), api)
        served = found if isinstance(found, HttpApi) else api
        servers = {"servers": [server(cloud, api, "" if name == "$default" else name)]}
    about = given(
        title=known_parts(api.name),
        description=known_parts(api.description),
        version=written(cloud, api.id, "Version")
        or time.strftime("%Y-%m-%d %H:%M:%SUTC", time.gmtime(site.made(api.id))),
    )
    document = {"openapi": "3.0.1", "info": about, **servers, **_parts(cloud, served, extended=extended)}
    return response(document, kind, cloud.aws_id(api.id))


def _parts(cloud: Cloud, api: HttpApi, *, extended: bool) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in api.routes:
        item = paths.setdefault("/$default" if route.path == DEFAULT_ROUTE else route.path, {})
        item[method_key(route.http_method)] = _operation(cloud, api, route, extended=extended)
    for path, item in paths.items():
        item.update(given(parameters=[_parameter(name) for name in path_parameters(path)]))
    schemes = {one.name: _scheme(cloud, one, extended=extended) for one in api.authorizers.values()}
    cors = entries.entry("Api", api).get("corsConfiguration")
    settings = extensions({"cors": cors, **_VERSION}) if extended else {}
    return {"paths": paths, **given(components=given(securitySchemes=schemes)), **settings}


def _parameter(name: str) -> dict[str, Any]:
    about = f"Generated path parameter for {name}"
    return {"name": name, "in": "path", "description": about, "required": True, "schema": {"type": "string"}}


def _operation(cloud: Cloud, api: HttpApi, route: ApiRoute, *, extended: bool) -> dict[str, Any]:
    authorizer = api.authorizers.get(str(route.authorizer_id))
    security = [{authorizer.name: known_parts(route.authorization_scopes)}] if authorizer else []
    found = {
        **given(operationId=entries.route(cloud, api, route).get("operationName")),
        "responses": {"default": {"description": f"Default response for {lookups.route_key_of(api, route)}"}},
        **given(security=security),
    }
    if not extended:
        return found
    if route.path == DEFAULT_ROUTE:
        found["isDefaultRoute"] = True
    if route.authorization_type == "AWS_IAM":
        found |= extensions({"auth": {"type": "AWS_IAM"}})
    behind = entries.integration(cloud, api, route.integration) if route.integration else None
    return {**found, **extensions({"integration": _member(behind) if behind else None})}


def _member(entry: Mapping[str, Any]) -> dict[str, Any]:
    found = {_RENAMED.get(name, name): value for name, value in entry.items() if name not in _LEFT_OUT}
    return {**found, "type": found["type"].lower()}


def _scheme(cloud: Cloud, one: Authorizer, *, extended: bool) -> dict[str, Any]:
    entry = entries.authorizer(cloud, one)
    own = _member(entry)
    is_jwt = own["type"] == "jwt"
    sources = own.pop("identitySource", [])
    about = {"type": "oauth2"} if is_jwt else {"type": "apiKey", "name": "Unused", "in": "header"}
    own |= given(identitySource=",".join(sources))
    return {**about, **(extensions({"authorizer": own}) if extended else {})}


OPERATIONS = (Operation(_export_api),)
