"""GetExport: what a stage of a REST API serves, as Swagger 2 or OpenAPI 3.

`extensions` of the query adds API Gateway's extensions: `integrations`, `authorizers`, or `apigateway` for all.
"""

import json
from collections.abc import Iterator, Mapping
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
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site
from netful.account.apigateway.operations.representation import iso_time
from netful.account.apigateway.rest import entries
from netful.engine.names.api_names import host_of
from netful.model.apis.api import ApiRoute, RestApi
from netful.model.cloud import Cloud
from netful.model.core import Frozen, known_parts
from netful.services.http.message import Response

_PLACES = {"header": "header", "querystring": "query", "path": "path"}
_MEANT = {
    "integrations": frozenset({"integrations"}),
    "authorizers": frozenset({"authorizers"}),
    "apigateway": frozenset({"integrations", "authorizers"}),
}
_KEY, _IAM = "api_key", "sigv4"
_MODELS = "/models/"


class _Form(Frozen):
    """A form of documents: its name in paths, and where it has schemas."""

    name: str
    schemas: str

    @property
    def is_swagger(self) -> bool:
        return self.name == "swagger"

    def typed(self) -> dict[str, Any]:
        """Return the type of a parameter or a header, which is text."""
        return {"type": "string"} if self.is_swagger else {"schema": {"type": "string"}}

    def schema(self, model: str) -> dict[str, Any]:
        return {"$ref": self.schemas + model}


_FORMS = {
    "swagger": _Form("swagger", "#/definitions/"),
    "oas30": _Form("oas30", "#/components/schemas/"),
}


def _get_export(site: Site, wanted: OperationRequest) -> Response:
    cloud, form = site.cloud, _FORMS.get(wanted.names["form"])
    api = lookups.rest_api(cloud, wanted)
    stage = lookups.stage(cloud, wanted, api)
    if form is None:
        raise bad_request(f"No API exporter for type '{wanted.names['form']}'")
    kind = wanted.accept if wanted.accept not in ("", "*/*") else JSON
    if kind not in (JSON, YAML):
        raise bad_request(f"netful exports {JSON} and {YAML}, not {kind}")
    deployed = cloud.apis.deployed_apis.get(str(stage.deployment_id))
    served = deployed if isinstance(deployed, RestApi) else api
    name = str(stage.stage_name)
    about = given(
        title=known_parts(served.name),
        description=known_parts(served.description),
        version=iso_time(site.made(str(stage.deployment_id))),
    )
    document = _Export(cloud, served, form, _extensions(wanted)).document(about, name)
    return response(document, kind, f"{cloud.aws_id(api.id)}-{name}-{form.name}")


def _extensions(wanted: OperationRequest) -> frozenset[str]:
    names = [one.strip() for one in wanted.one("extensions").split(",") if one.strip()]
    unknown = [one for one in names if one not in _MEANT]
    if unknown:
        raise bad_request(f"netful does not export the extension {unknown[0]}. Must be one of: [{', '.join(_MEANT)}]")
    return frozenset().union(*(_MEANT[one] for one in names))


class _Export(Frozen):
    """An API as a document."""

    cloud: Cloud
    api: RestApi
    form: _Form
    extended: frozenset[str]

    def document(self, about: Mapping[str, Any], stage: str) -> dict[str, Any]:
        schemes, schemas = self._schemes(), self._schemas()
        if self.form.is_swagger:
            place = {"host": host_of(self.cloud, self.api), "basePath": f"/{stage}", "schemes": ["https"]}
            parts = given(securityDefinitions=schemes, definitions=schemas)
            return {"swagger": "2.0", "info": about, **place, "paths": self._paths(), **parts, **self._settings()}
        parts = given(components=given(schemas=schemas, securitySchemes=schemes))
        servers = [server(self.cloud, self.api, stage)]
        return {
            "openapi": "3.0.1",
            "info": about,
            "servers": servers,
            "paths": self._paths(),
            **parts,
            **self._settings(),
        }

    def _paths(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for route in self.api.routes:
            found.setdefault(route.path, {})[method_key(route.http_method)] = self._operation(route)
        return found

    def _operation(self, route: ApiRoute) -> dict[str, Any]:
        entry = entries.method(self.cloud, self.api, route)
        parameters, models = [*self._parameters(route)], entry.get("requestModels", {})
        content = {kind: {"schema": self.form.schema(model)} for kind, model in models.items()}
        if self.form.is_swagger and models:
            model = next(iter(models.values()))
            parameters.append({"in": "body", "name": model, "required": True, "schema": self.form.schema(model)})
            content = {}
        validator = self.api.request_validators.get(str(route.request_validator_id))
        return {
            **given(
                operationId=entry.get("operationName"),
                consumes=[*models] if self.form.is_swagger else None,
                produces=[*self._produced(entry)] if self.form.is_swagger else None,
                parameters=parameters,
                requestBody={"content": content, "required": True} if content else None,
            ),
            "responses": {
                status: self._response(status, one) for status, one in entry.get("methodResponses", {}).items()
            },
            **given(security=[*self._security(route)]),
            **extensions(
                {"request-validator": entries.validator(self.cloud, validator)["name"] if validator else None}
            ),
            **self._integration(entry.get("methodIntegration")),
        }

    def _parameters(self, route: ApiRoute) -> Iterator[dict[str, Any]]:
        declared = {tuple(name.split(".", 3)[2:]): needed for name, needed in route.request_parameters.items()}
        for name in path_parameters(route.path):
            declared.setdefault(("path", name), True)
        for (place, name), needed in declared.items():
            required = {"required": True} if needed is True or place == "path" else {}
            yield {"name": name, "in": _PLACES[place], **required, **self.form.typed()}

    @staticmethod
    def _produced(entry: Mapping[str, Any]) -> dict[str, None]:
        responses = entry.get("methodResponses", {}).values()
        return {kind: None for one in responses for kind in one.get("responseModels", {})}

    def _response(self, status: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        prefix = "method.response.header."
        headers = {name.removeprefix(prefix): self.form.typed() for name in entry.get("responseParameters", {})}
        models = entry.get("responseModels", {})
        about = {"description": f"{status} response", **given(headers=headers)}
        if self.form.is_swagger:
            return {**about, **({"schema": self.form.schema(next(iter(models.values())))} if models else {})}
        return {**about, **given(content={kind: {"schema": self.form.schema(one)} for kind, one in models.items()})}

    def _security(self, route: ApiRoute) -> Iterator[dict[str, Any]]:
        authorizer = self.api.authorizers.get(str(route.authorizer_id))
        if authorizer is not None:
            yield {authorizer.name: known_parts(route.authorization_scopes)}
        elif route.authorization_type == "AWS_IAM":
            yield {_IAM: []}
        if route.api_key_required:
            yield {_KEY: []}

    def _integration(self, entry: Mapping[str, Any] | None) -> dict[str, Any]:
        if entry is None or "integrations" not in self.extended:
            return {}
        found = {name: value for name, value in entry.items() if name not in ("integrationResponses", "cacheNamespace")}
        found |= {name: found[name].lower() for name in ("type", "passthroughBehavior") if name in found}
        responses = {}
        for one in entry.get("integrationResponses", {}).values():
            own = {name: value for name, value in one.items() if name != "selectionPattern"}
            responses[one.get("selectionPattern") or "default"] = own
        return extensions({"integration": {**found, **given(responses=responses)}})

    def _schemes(self) -> dict[str, Any]:
        found = {one.name: self._scheme(entries.authorizer(self.cloud, one)) for one in self.api.authorizers.values()}
        if any(route.authorization_type == "AWS_IAM" for route in self.api.routes):
            found[_IAM] = {**_in_header("Authorization"), **extensions({"authtype": "awsSigv4"})}
        if any(route.api_key_required for route in self.api.routes):
            found[_KEY] = _in_header("x-api-key")
        return found

    def _scheme(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        source, kind = entry.get("identitySource", ""), entry["type"].lower()
        own = {name: entry[name] for name in _AUTHORIZER if name in entry}
        if kind == "request":
            own["identitySource"] = source
        header = source.rpartition(".")[2] if kind != "request" else "Unused"
        about = {**_in_header(header or "Unused"), **extensions({"authtype": entry["authType"]})}
        return {
            **about,
            **(extensions({"authorizer": {**own, "type": kind}}) if "authorizers" in self.extended else {}),
        }

    def _schemas(self) -> dict[str, Any]:
        return {one.name: self._schema(one.schema) for one in self.api.models.values()}

    def _schema(self, written: Any) -> Any:
        """Return a schema whose references name models of this document."""
        written = json.loads(written) if isinstance(written, str) else known_parts(written)
        return _referring(written, self.form.schemas)

    def _settings(self) -> dict[str, Any]:
        if "integrations" not in self.extended:
            return {}
        shown = [entries.validator(self.cloud, one) for one in self.api.request_validators.values()]
        validators = {one["name"]: {key: one[key] for key in one if key.startswith("validate")} for one in shown}
        return extensions(
            {
                "request-validators": validators,
                "gateway-responses": {
                    kind: entries.entry("GatewayResponse", one, responseType=None)
                    for kind, one in self.api.gateway_responses.items()
                },
                "binary-media-types": known_parts(self.api.binary_media_types),
                "minimum-compression-size": self.api.minimum_compression_size,
                "api-key-source": None if self.api.api_key_source == "HEADER" else self.api.api_key_source,
                "policy": known_parts(self.api.policy) if isinstance(self.api.policy, Mapping) else None,
            }
        )


_AUTHORIZER = (
    "authorizerUri", "authorizerCredentials", "authorizerResultTtlInSeconds", "identityValidationExpression", "providerARNs",
)  # fmt: skip


def _in_header(name: str) -> dict[str, Any]:
    return {"type": "apiKey", "name": name, "in": "header"}


def _referring(written: Any, schemas: str) -> Any:
    if isinstance(written, Mapping):
        return {
            key: schemas + value.rpartition("/")[2]
            if key == "$ref" and isinstance(value, str) and (_MODELS in value or value.startswith("#/"))
            else _referring(value, schemas)
            for key, value in written.items()
        }
    if isinstance(written, list):
        return [_referring(one, schemas) for one in written]
    return written


OPERATIONS = (Operation(_get_export),)
