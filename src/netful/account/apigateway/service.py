"""Handler for the service `apigateway`: finds the operation of a request, and answers as AWS does."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from netful.account.apigateway import account_settings, tags, vpc_links
from netful.account.apigateway.domains import access_associations, domain_names, mappings, routing_rules
from netful.account.apigateway.exports import http as http_exports
from netful.account.apigateway.exports import rest as rest_exports
from netful.account.apigateway.http import http_apis, models
from netful.account.apigateway.http import parts as http_parts
from netful.account.apigateway.live import (
    deployments,
    http_deployments,
    http_stages,
    key_imports,
    keys,
    plans,
    rest_stages,
    usage,
)
from netful.account.apigateway.operations.faults import bad_request, unavailable
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site, asked
from netful.account.apigateway.rest import (
    documentation,
    gateway_responses,
    methods,
    parts,
    resources,
    responses,
    rest_apis,
    test_invoke_authorizer,
    test_invoke_method,
)
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import operation_model
from netful.gateway.calls.identifiers import new_identifiers
from netful.model.cloud import Cloud
from netful.model.core import Frozen, SourceError, UnkeptError
from netful.model.steps import Becomes
from netful.service_models.service_model import service_model
from netful.services.http.message import Headers, Request, Response
from netful.services.http.wire import json_response

_FIRST = (
    rest_apis, resources, methods, responses, parts, documentation, gateway_responses, test_invoke_method, test_invoke_authorizer,
    domain_names, mappings, access_associations, vpc_links, account_settings, tags, rest_stages, deployments, plans,
    key_imports, keys, usage, rest_exports,
)  # fmt: skip
_SECOND = (
    domain_names.NEWER, mappings.NEWER, routing_rules.OPERATIONS, vpc_links.NEWER, tags.OPERATIONS, http_apis.OPERATIONS,
    http_parts.OPERATIONS, models.OPERATIONS, http_stages.OPERATIONS, http_deployments.OPERATIONS, http_exports.OPERATIONS,
)  # fmt: skip
_NO_CONTENT, _NEWER = 204, "/v2/"
OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "apigateway": {one.name: one for noun in _FIRST for one in noun.OPERATIONS},
    "apigatewayv2": {one.name: one for operations in _SECOND for one in operations},
}
"""The operations that are served, by AWS's name of the service of each version, and their own."""

_LABELS = {
    "api": "restapi_id apiId", "arn": "resource_arn resource-arn domain_name_access_association_arn",
    "authorizer": "authorizer_id authorizerId", "base": "base_path", "deployment": "deployment_id deploymentId",
    "domain": "domain_name domainName", "form": "export_type", "integration": "integrationId", "key": "api_Key keyId routeKey",
    "link": "vpclink_id vpcLinkId", "mapping": "apiMappingId", "method": "http_method", "model": "model_name modelId",
    "parameter": "requestParameterKey", "parent": "parent_id", "part": "part_id", "plan": "usageplanId",
    "resource": "resource_id", "response": "integrationResponseId routeResponseId", "route": "routeId", "rule": "routingRuleId",
    "stage": "stage_name stageName", "status": "status_code", "type": "response_type", "validator": "requestvalidator_id",
    "version": "doc_version", "specification": "specification",
}  # fmt: skip
NAMES = {label: name for name, labels in _LABELS.items() for label in labels.split()}
"""Names in requests by the labels of paths in the models, which differ between the versions."""


class _Called(Frozen):
    """An operation with the names in a request's path, and with what the model has of it: its status, and whether its body is a document."""

    operation: Operation
    names: dict[str, str]
    status: int
    document: bool
    newer: bool


class Control:
    """API Gateway's API for a running stack. The stack applies the change of an operation as a step to its next cloud."""

    def __init__(self, site: Site, stack: Becomes) -> None:
        self._site = site
        self._stack = stack

    async def handle(self, request: Request) -> Response:
        """Answer a request to API Gateway's API."""
        try:
            called = _called(request)
            operation, wanted = called.operation, asked(request, called.names, document=called.document)
            if isinstance(operation, Change):
                answer = await self._changed(operation, wanted)
            else:
                answer = operation.does(self._site, wanted)
                answer = await answer if inspect.isawaitable(answer) else answer
            return replace(_response(called, answer), own=self._named())
        except ApiError as error:
            return self._refusal(error)
        except SourceError as error:
            return self._refusal(bad_request(str(error)))
        except UnkeptError as error:
            return self._refusal(unavailable(str(error)))

    def _refusal(self, error: ApiError) -> Response:
        headers = (("x-amzn-ErrorType", error.code),)
        return replace(json_response(error.status, {"message": error.message}, headers), own=self._named())

    def _named(self) -> Headers:
        return (("x-amzn-RequestId", new_identifiers(self._site.clock()).request_id),)

    async def _changed(self, operation: Change, wanted: OperationRequest) -> Any:
        """Change the stack to the cloud that an operation makes of the stack's cloud at that time."""
        draft, answer = self._site, None

        def step(cloud: Cloud) -> Cloud:
            nonlocal draft, answer
            draft = self._site.draft(cloud)
            answer = operation.does(draft, wanted)
            return draft.cloud

        await self._stack.become(step)
        self._site.take(draft)
        for stage_id in draft.emptied:
            await self._site.flush(stage_id)
        return answer


def _response(called: _Called, answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None and called.newer and called.status != _NO_CONTENT:
        answer = {}
    return Response(called.status) if answer is None else json_response(called.status, answer)


def _called(request: Request) -> _Called:
    """Return the call of an operation that a request is. Raises ApiError for one that is not served."""
    service = "apigatewayv2" if request.path.startswith(_NEWER) else "apigateway"
    model = service_model(service)
    found = model.operation(request.method, request.path, dict(parse_qsl(request.query)))
    operation = OPERATIONS[service].get(found[0].name) if found else None
    shapes = operation_model(service, operation.name) if operation else None
    if found is None or operation is None or shapes is None:
        what = f"{request.method} {unquote(request.path)}"
        raise ApiError("UnknownOperationException", f"netful does not serve {what} of API Gateway's API", 404)
    names = {NAMES[label]: value for label, value in found[1].items()}
    document = shapes.input_shape is not None and "payload" in shapes.input_shape.serialization
    return _Called(operation, names, int(shapes.http.get("responseCode", 200)), document, service == "apigatewayv2")
