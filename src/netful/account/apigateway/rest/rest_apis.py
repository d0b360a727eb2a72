"""REST APIs: created, imported, changed, deleted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.account.apigateway import documents
from netful.account.apigateway.edits import API_ID, edit, new_id, parts_of, resource, rewritten, tag_list
from netful.account.apigateway.live.rest_stages import shut
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import Patch, patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest.entries import MODEL, rest_api
from netful.account.apigateway.rest.opened import NAMES, opened, settled
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Edit, Put, Remove, changed, new, removal, updated
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.json_texts import json_object
from netful.service_models.scalars import integer
from netful.sources.files.marked import MarkedMap

TYPE = "AWS::ApiGateway::RestApi"
_OVERWRITTEN = ("Name", "Description", "Policy", "BinaryMediaTypes", "MinimumCompressionSize", "ApiKeySourceType")
"""Properties that another definition sets or removes."""
_LARGEST = 10_485_760
_RESPONSE = "AWS::ApiGateway::GatewayResponse"
_KEPT = ("AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage")
"""Types that belong to an API and stay when its definition is replaced."""


def _get_rest_api(site: Site, wanted: OperationRequest) -> Any:
    return rest_api(site, lookups.rest_api(site.cloud, wanted))


def _create_rest_api(site: Site, wanted: OperationRequest) -> Any:
    if not wanted.body.get("name"):
        raise bad_request("Name is required")
    if wanted.body.get("cloneFrom"):
        raise bad_request("netful does not clone APIs: import the definition of the other one")
    found = tag_list(properties(input_shape("apigateway", "CreateRestApi"), wanted.body, NAMES))
    return _created(site, wanted, _checked({key: value for key, value in found.items() if key != "Version"}))


def _created(site: Site, wanted: OperationRequest, found: Mapping[str, Any]) -> Any:
    id_ = new_id(API_ID)
    edit(site, new(TYPE, id_, found))
    return _get_rest_api(site, wanted.naming(api=id_))


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    """Return properties with the policy as a document. Raises ApiError for values that AWS refuses."""
    if "Policy" in found:
        found["Policy"] = _policy(found["Policy"])
    size = integer(found.get("MinimumCompressionSize"))
    if size is not None and not 0 <= size <= _LARGEST:
        raise bad_request(f"Invalid minimum compression size, must be between 0 and {_LARGEST}")
    return {name: value for name, value in found.items() if value is not None}


def _policy(text: Any) -> Any:
    """Return the policy in a text; "" removes it."""
    if not isinstance(text, str) or not text:
        return text or None
    policy = json_object(text)
    if "Statement" not in policy:
        raise bad_request(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
        )
    return policy


def _import_rest_api(site: Site, wanted: OperationRequest) -> Any:
    """ImportRestApi: an API of an OpenAPI document."""
    body = documents.read(wanted.document)
    return _created(site, wanted, {"Body": body, **_import_parameters(wanted)})


def _import_parameters(wanted: OperationRequest) -> dict[str, Any]:
    """Return the parameters of an import; they are in the query beside the mode."""
    given = {name: wanted.one(name) for name in wanted.query if name not in ("mode", "failonwarnings")}
    return {"Parameters": given} if given else {}


def _put_rest_api(site: Site, wanted: OperationRequest) -> Any:
    """PutRestApi: replace the definition of an API, or merge another one into it, which is the default."""
    api, body, parameters = (
        lookups.rest_api(site.cloud, wanted),
        documents.read(wanted.document),
        _import_parameters(wanted),
    )
    if wanted.one("mode") == "overwrite":
        edit(site, *_overwriting(site.cloud, api, body, parameters))
    else:
        _merge(site, api, body, parameters)
    return _get_rest_api(site, wanted)


def _overwriting(cloud: Cloud, api: RestApi, body: MarkedMap, parameters: Mapping[str, Any]) -> tuple[Edit, ...]:
    replaced = [one for one in parts_of(cloud, api.id) if one.type not in _KEPT]
    return (*removal(replaced), _overwritten(resource(cloud, api.id), body, parameters))


def _merge(site: Site, api: RestApi, body: MarkedMap, parameters: Mapping[str, Any]) -> None:
    """Merge a definition into an API: its methods, models and responses come in place of those of the same name."""
    alone = changed(site.cloud, _overwriting(site.cloud, api, body, parameters)).apis.rest_apis[api.id]
    edit(site, *opened(site.cloud, api))
    gone = _replaced_by(site.cloud, site.cloud.apis.rest_apis[api.id], alone)
    edit(site, *gone, updated(resource(site.cloud, api.id), Body=body, **parameters))
    edit(site, *opened(site.cloud, site.cloud.apis.rest_apis[api.id]))


def _replaced_by(cloud: Cloud, api: RestApi, other: RestApi) -> tuple[Edit, ...]:
    """Return the edits that remove the methods, models and responses which another definition has too."""
    places = {(route.path, route.http_method) for route in other.routes}
    methods = [Remove(route.id) for route in api.routes if (route.path, route.http_method) in places]
    named = [
        one
        for one in parts_of(cloud, api.id)
        if (one.type == MODEL and one.properties.get("Name") in other.models)
        or (one.type == _RESPONSE and one.properties.get("ResponseType") in other.gateway_responses)
    ]
    return (*methods, *removal(named))


def _overwritten(api: Resource, body: MarkedMap, parameters: Mapping[str, Any]) -> Put:
    """Return the edit that gives an API another definition. The type of its endpoint, its tags and so on stay."""
    endpoint = api.properties.get("EndpointConfiguration")
    kept = {name: value for name, value in endpoint.items() if name != "VpcEndpointIds"} if endpoint else None
    return updated(api, **dict.fromkeys(_OVERWRITTEN), EndpointConfiguration=kept, Body=body, **parameters)


def _update_rest_api(site: Site, wanted: OperationRequest) -> Any:
    """Apply the patches of UpdateRestApi, which are live with the next deployment."""
    api = lookups.rest_api(site.cloud, wanted)
    asked = [_whole(patch) for patch in patches(wanted)]
    found = patched(input_shape("apigateway", "CreateRestApi"), settled(site.cloud, api), asked, NAMES)
    if api.private and "EDGE" in found.get("EndpointConfiguration", {}).get("Types", ()):
        raise bad_request("Invalid endpoint type change: a private API cannot become an edge-optimized one")
    edit(site, rewritten(resource(site.cloud, api.id), _checked(found)))
    return _get_rest_api(site, wanted)


def _whole(patch: Patch) -> Patch:
    """Return a patch; an empty size of compression turns compression off."""
    empty = patch.path == "/minimumCompressionSize" and not patch.value
    return replace(patch, op="remove") if empty else patch


def _delete_rest_api(site: Site, wanted: OperationRequest) -> None:
    """DeleteRestApi, with everything that belongs to the API."""
    api = lookups.rest_api(site.cloud, wanted)
    resource(site.cloud, api.id)
    if api.id in site.cloud.apis.behind_domains:
        raise bad_request(
            "Please remove all base path mappings related to the API in your domain before deleting the API."
        )
    edit(site, *shut(site.cloud, api.id), *removal(parts_of(site.cloud, api.id)), Remove(api.id))


OPERATIONS = (
    *reads(
        "RestApi",
        lambda site, _wanted: (rest_api(site, one) for one in site.cloud.apis.rest_apis.values()), _get_rest_api,
    ),
    Change(_import_rest_api),
    Change(_create_rest_api),
    Change(_put_rest_api),
    Change(_update_rest_api),
    Change(_delete_rest_api),
)  # fmt: skip
